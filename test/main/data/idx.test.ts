import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hasIdx, parseIdx, readIdx } from '../../../main/data/idx.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { idxBytes, refusal } from './support.ts';

const dir = temporaryFolder();
const small = idxBytes([2, 3], [1, 2, 3, 250, 251, 255]);
const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(dir, name), bytes);

describe('IDX files', () => {
  test('give shape and bytes, gzipped or not, whatever the file is called', async () => {
    put('plain', small);
    put('packed.gz', gzipSync(small));
    put('misnamed', gzipSync(small));
    for (const name of ['plain', 'packed', 'misnamed']) {
      const { shape, data } = await readIdx(dir, name, 2);
      expect(shape, name).toEqual([2, 3]);
      expect([...data], name).toEqual([1, 2, 3, 250, 251, 255]);
    }
  });

  test('the file without .gz is taken where both are there', async () => {
    put('both', idxBytes([1], [7]));
    put('both.gz', gzipSync(idxBytes([1], [8])));
    expect([...(await readIdx(dir, 'both', 1)).data]).toEqual([7]);
  });

  test('parse from the middle of a larger buffer', () => {
    const inside = Buffer.concat([Buffer.from([9, 9, 9]), small]).subarray(3);
    expect(parseIdx('f', inside, 2)).toMatchObject({ shape: [2, 3] });
  });

  test('no samples at all is a file like any other', () => {
    expect(parseIdx('f', idxBytes([0], []), 1)).toEqual({ shape: [0], data: Buffer.alloc(0) });
  });

  test('are found under both names', async () => {
    put('here', small);
    put('there.gz', gzipSync(small));
    expect(await Promise.all(['here', 'there', 'nowhere'].map((name) => hasIdx(dir, name)))).toEqual([true, true, false]);
  });
});

describe('refused in one line that names the file, what was there and what is accepted', () => {
  const broken: [string, Uint8Array, number, string[]][] = [
    ['an empty file', Buffer.alloc(0), 2, ['12 bytes', 'got 0 bytes']],
    ['less than a header', small.subarray(0, 11), 2, ['12 bytes', 'got 11 bytes']],
    ['a magic number that is not IDX', Buffer.from('PNG, or something else'), 2, ['2050', '1347307308']],
    ['another rank', idxBytes([6], [1, 2, 3, 4, 5, 6]), 2, ['2050 (unsigned bytes, 2 dimensions)', 'got 2049']],
    ['floats', idxBytes([2, 3], new Uint8Array(24), 0x0d), 2, ['unsigned bytes', `got ${(0x0d << 8) | 2}`]],
    ['signed bytes', idxBytes([2, 3], new Uint8Array(6), 0x09), 2, ['unsigned bytes', `got ${(0x09 << 8) | 2}`]],
    ['a cut file', small.subarray(0, -1), 2, ['expected 18 bytes', '2 × 3', 'got 17']],
    ['bytes after the end', Buffer.concat([small, Buffer.of(0)]), 2, ['expected 18 bytes', 'got 19']],
    ['dimensions whose product is no real size', idxBytes([2 ** 32 - 1, 2 ** 32 - 1], []), 2, ['4294967295 × 4294967295', 'got 12']],
  ];
  test.each(broken)('%s', async (what, bytes, rank, words) => {
    const name = what.replaceAll(/\W+/g, '-');
    put(name, bytes);
    put(`${name}-packed.gz`, gzipSync(bytes));
    for (const file of [name, `${name}-packed`]) {
      const message = await refusal(() => readIdx(dir, file, rank));
      for (const word of [path.join(dir, file), ...words]) expect(message).toContain(word);
    }
  });

  test('gzip that is cut, changed, or nothing but its first bytes', async () => {
    const whole = gzipSync(small);
    const changed = Buffer.from(whole);
    changed[changed.length - 6] ^= 1; // in the checksum
    for (const bytes of [whole.subarray(0, -9), changed, Buffer.of(0x1f, 0x8b), Buffer.of(0x1f, 0x8b, 8, 0)]) {
      put('zip.gz', bytes);
      expect(await refusal(() => readIdx(dir, 'zip', 2))).toMatch(/zip\.gz: expected a whole gzip file, got one that does not unpack/);
    }
  });

  test('gzip that unpacks to far more than any such file', async () => {
    put('bomb.gz', gzipSync(Buffer.alloc(257 * 2 ** 20), { level: 1 }));
    expect(await refusal(() => readIdx(dir, 'bomb', 1))).toContain('bomb.gz');
    rmSync(path.join(dir, 'bomb.gz'));
  });

  test('a missing file, with the way to get it; a folder in its place', async () => {
    const message = await refusal(() => readIdx(dir, 'nowhere', 1));
    for (const word of [path.join(dir, 'nowhere[.gz]'), 'found none', 'data fetch mnist', '--data']) expect(message).toContain(word);
    mkdirSync(path.join(dir, 'folder'));
    expect(await refusal(() => readIdx(dir, 'folder', 1))).toContain(`${path.join(dir, 'folder')}: cannot be read`);
  });
});
