import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTar } from '../../../main/data/tar.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { refusal } from './support.ts';
import { tar, tarEntry } from './tar-support.ts';

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length));
}
/** Everything that is in an archive, read in pieces of some length. */
async function contents(bytes: Buffer, length = 100): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const ended: string[] = [];
  await readTar(pieces(bytes, length), 'made.tar', (name, size) => {
    if (name.startsWith('skip')) return Promise.resolve(null);
    found[name] = '';
    return Promise.resolve({
      write: (part) => {
        found[name] += Buffer.from(part).toString('latin1');
        return Promise.resolve();
      },
      end: () => {
        expect(found[name].length).toBe(size);
        ended.push(name);
        return Promise.resolve();
      },
    });
  });
  expect(ended).toEqual(Object.keys(found));
  return found;
}
const text = (n: number, c = 'a') => Buffer.alloc(n, c);

describe('tar', () => {
  test.each([1, 7, 511, 512, 513, 1e6])('in pieces of %d bytes: every regular file, nothing else', async (length) => {
    const bytes = tar(
      { name: 'folder/', type: '5' },
      { name: 'pax', type: 'x', content: text(30) },
      { name: 'folder/empty' },
      { name: 'folder/a', content: text(513) },
      { name: 'skip', content: text(700) },
      { name: 'link', type: '2' },
      { name: 'b', prefix: 'deep/er', content: text(1024, 'b') },
    );
    expect(await contents(bytes, length)).toEqual({
      'folder/empty': '',
      'folder/a': 'a'.repeat(513),
      'deep/er/b': 'b'.repeat(1024),
    });
  });

  test('as the system’s tar writes it', async () => {
    const root = temporaryFolder();
    mkdirSync(path.join(root, 'in'));
    writeFileSync(path.join(root, 'in', 'one.bin'), text(70_000, 'x'));
    writeFileSync(path.join(root, 'in', 'two.txt'), 'two');
    for (const format of ['ustar', 'gnu', 'pax']) {
      execFileSync('tar', ['-cf', path.join(root, 'out.tar'), `--format=${format}`, '-C', root, 'in']);
      const bytes = execFileSync('cat', [path.join(root, 'out.tar')]);
      expect(await contents(bytes)).toEqual({ 'in/one.bin': 'x'.repeat(70_000), 'in/two.txt': 'two' });
    }
  });

  test('that is cut or is something else is refused', async () => {
    const whole = tar({ name: 'a', content: text(600) });
    const told = (bytes: Buffer) => refusal(() => contents(bytes), 'failed');
    expect(await told(whole.subarray(0, 300))).toBe('made.tar: expected a whole tar archive, got one that is cut');
    expect(await told(whole.subarray(0, 1000))).toContain('is cut in a');
    expect(await told(whole.subarray(0, 512 + 700))).toContain('is cut after a');
    expect(await told(whole.subarray(0, 512 + 1024))).toContain('is cut');
    expect(await told(Buffer.alloc(2048, '<html>'))).toContain('has a broken header');
    expect(await told(tarEntry({ name: 'a', checksum: 1 }))).toContain('has a broken header');
  });
});
