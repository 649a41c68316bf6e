// Folders of PNG and JPEG: what comes back, and what is left out with its reason.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { importDataset, loadDataset } from '../../../main/data/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { refusal } from './support.ts';

const root = temporaryFolder();
let dataDir: string;
let from: string;
beforeEach(() => {
  [dataDir, from] = [mkdtempSync(path.join(root, 'data-')), mkdtempSync(path.join(root, 'from-'))];
});
const importing = (more: object = {}) => importDataset({ dataDir, name: 'mine', from, seed: 0, ...more });
const load = (train: number, test: number) => {
  const c = parseConfig({ data: { dataset: 'mine', normalise: 'none' } });
  Object.assign(c.data, { train, test });
  return loadDataset(c, { dataDir });
};
function put(name: string, bytes: Uint8Array): void {
  mkdirSync(path.join(from, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(from, name), bytes);
}

/** A PNG by its definition, with nothing but zlib. type: 0 grey, 2 colour, 6 colour with alpha; values by rows */
function png(height: number, width: number, type: 0 | 2 | 6, values: readonly number[], depth: 8 | 16 = 8): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, type], 8);
  const line = (width * { 0: 1, 2: 3, 6: 4 }[type] * depth) / 8;
  const raw = Buffer.alloc(height * (line + 1));
  values.forEach((v, i) => {
    const at = (i * depth) / 8;
    const place = Math.floor(at / line) * (line + 1) + 1 + (at % line);
    if (depth === 8) raw[place] = v;
    else raw.writeUInt16BE(v, place);
  });
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]);
}
const [H, W] = [4, 6];
const colours = (seed: number) => Array.from({ length: H * W * 3 }, (_, i) => (i * 37 + seed * 11) % 256);
const greys = (seed: number) => Array.from({ length: H * W }, (_, i) => (i * 37 + seed * 11) % 256);
const over255 = (values: readonly number[]) => values.map((v) => Math.fround(v / 255));
const reasons = (report: Awaited<ReturnType<typeof importing>>) =>
  Object.fromEntries(report.refused.map((r) => [path.relative(from, r.file), r.reason]));

describe('a folder of class folders', () => {
  test('with train and test above them comes back pixel by pixel, classes by name', async () => {
    for (const [i, label] of ['zebra', 'ant'].entries()) {
      put(`train/${label}/1.png`, png(H, W, 2, colours(i)));
      put(`train/${label}/2.PNG`, png(H, W, 2, colours(10 + i)));
      put(`test/${label}/1.png`, png(H, W, 2, colours(20 + i)));
    }
    const report = await importing();
    expect(report).toMatchObject({ kind: 'images', shape: [H, W, 3], counts: { train: 4, test: 2 }, split: { kind: 'own' }, refused: [] });
    expect(report.classes).toEqual([
      { name: 'ant', train: 2, test: 1 },
      { name: 'zebra', train: 2, test: 1 },
    ]);
    const { train, test: held } = await load(4, 2);
    expect([...train.x]).toEqual(over255([1, 11, 0, 10].flatMap(colours)));
    expect([...train.labels]).toEqual([0, 0, 1, 1]);
    expect([...held.x]).toEqual(over255([21, 20].flatMap(colours)));
  });

  test('of grey images has one channel; one image in colour makes all of them colour', async () => {
    for (const [i, name] of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png'].entries()) put(name, png(H, W, 0, greys(i)));
    expect(await importing()).toMatchObject({ shape: [H, W, 1], counts: { train: 3, test: 1 }, split: { kind: 'drawn', seed: 0 } });
    const set = await load(3, 1);
    expect([...set.train.x, ...set.test.x].sort()).toEqual(over255([0, 1, 2, 3].flatMap(greys)).sort());
    put('b/3.png', png(H, W, 2, colours(7)));
    expect(await importing({ name: 'colour' })).toMatchObject({ shape: [H, W, 3] });
  });

  test('a class may be called train', async () => {
    for (const label of ['train', 'bus']) for (const i of [1, 2, 3]) put(`${label}/${i}.png`, png(H, W, 0, greys(i)));
    expect((await importing()).classes.map((c) => c.name)).toEqual(['bus', 'train']);
  });

  test('leaves out what is no such image, each with its reason', async () => {
    for (const label of ['a', 'b']) for (const i of [1, 2, 3]) put(`${label}/${i}.png`, png(H, W, 2, colours(i)));
    put('a/other-size.png', png(W, H, 2, colours(1)));
    put('a/huge.png', png(257, 1, 0, []));
    put('a/text.png', Buffer.from('not an image'));
    put('a/picture.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="6" height="4"/>'));
    put('a/head-only.png', png(H, W, 2, colours(1)).subarray(0, 30));
    put(
      'a/cut.jpg',
      (
        await sharp(Buffer.alloc(H * W * 3, 90), { raw: { height: H, width: W, channels: 3 } })
          .jpeg()
          .toBuffer()
      ).subarray(0, -20),
    );
    put('a/deeper/1.png', png(H, W, 2, colours(1)));
    put('loose.png', png(H, W, 2, colours(1)));
    put('a/large.jpg', Buffer.from([0xff, 0xd8, 0xff]));
    truncateSync(path.join(from, 'a/large.jpg'), 50_000_001);
    symlinkSync(path.join(from, 'b/1.png'), path.join(from, 'a/link.png'));
    mkdirSync(path.join(from, 'empty'));
    const report = await importing();
    expect(report.counts.train + report.counts.test).toBe(6);
    expect(report.classes.map((c) => c.name)).toEqual(['a', 'b']);
    const told = reasons(report);
    for (const [name, reason] of Object.entries({
      'a/other-size.png': 'expected 4 × 6 pixels as most images have, got 6 × 4',
      'a/huge.png': 'expected at most 256 × 256 pixels, got 257 × 1',
      'a/text.png': 'expected a PNG or JPEG image, got something else',
      'a/picture.svg': 'expected a PNG or JPEG image, got something else',
      'a/large.jpg': 'expected at most 50000000 bytes, got 50000001',
      'a/deeper': 'expected a file, got a folder inside a class',
      'a/link.png': 'expected a file, got a link',
      'loose.png': 'expected to lie in a class’s folder',
    }))
      expect(told[name], name).toBe(reason);
    for (const name of ['a/head-only.png', 'a/cut.jpg']) expect(told[name]).toMatch(/^cannot be decoded \([^\n]+\)$/);
    expect(report.refused.length).toBe(10);
  });

  test('of no common size, of one class, or of nothing is refused, and leaves nothing', async () => {
    for (const [i, size] of [3, 3, 4, 4, 5].entries()) put(`${'ab'[i % 2]}/${i}.png`, png(size, size, 0, []));
    expect(await refusal(() => importing())).toContain('expected images of one size, got 3 sizes: 2 images of ');
    from = mkdtempSync(path.join(root, 'from-'));
    for (const i of [1, 2]) put(`a/${i}.png`, png(3, 3, 0, []));
    expect(await refusal(() => importing())).toContain('expected 2 … 256 class folders with images, got 1');
    from = mkdtempSync(path.join(root, 'from-'));
    put('a/1.txt', Buffer.from('x'));
    expect(await refusal(() => importing())).toContain('got none that can be read');
    expect(existsSync(path.join(dataDir, 'imported')) ? readdirSync(path.join(dataDir, 'imported')) : []).toEqual([]);
  });

  test('whose test images are all broken is refused: nothing is drawn in their place', async () => {
    for (const label of ['a', 'b']) {
      for (const i of [1, 2, 3]) put(`train/${label}/${i}.png`, png(H, W, 2, colours(i)));
      put(`test/${label}/1.png`, Buffer.from('broken'));
    }
    expect(await refusal(() => importing())).toContain('expected test samples, got none that can be used');
    expect(readdirSync(path.join(dataDir, 'imported'))).toEqual([]);
  });

  test('stopped while it is read leaves nothing', async () => {
    for (const label of ['a', 'b']) for (let i = 0; i < 20; i++) put(`${label}/${i}.png`, png(H, W, 0, greys(i)));
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = (share: number) => {
      seen.push(share);
      if (seen.length === 5) stop.abort();
    };
    await refusal(() => importing({ signal: stop.signal, onProgress }), 'cancelled');
    seen.length = 0;
    await importing({ onProgress: (share: number) => seen.push(share) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });
});

describe('an image', () => {
  /** The pixels of one image that was imported with one in colour beside it, of the same size. */
  async function through(bytes: Uint8Array): Promise<number[]> {
    put('a/1.png', bytes);
    put('b/1.png', png(H, W, 2, colours(99)));
    await importing();
    const { train, test: held } = await load(1, 1);
    return [...(train.labels[0] === 0 ? train : held).x];
  }

  test('of 16 bits is rounded to 8, one in grey fills three channels, transparency lies on black', async () => {
    const wide = colours(3).map((v) => v * 257);
    expect(await through(png(H, W, 2, wide, 16))).toEqual(over255(colours(3)));
    dataDir = mkdtempSync(path.join(root, 'data-'));
    expect(await through(png(H, W, 0, greys(3)))).toEqual(over255(greys(3).flatMap((v) => [v, v, v])));
    dataDir = mkdtempSync(path.join(root, 'data-'));
    const clear = Array.from({ length: H * W }, (_, i) => [...colours(3).slice(3 * i, 3 * i + 3), i % 2 === 0 ? 255 : 0]).flat();
    expect(await through(png(H, W, 6, clear))).toEqual(over255(colours(3).map((v, i) => (Math.floor(i / 3) % 2 === 0 ? v : 0))));
  });

  test('of JPEG is what was stored, but for the compression; turned as its camera said', async () => {
    const smooth = Array.from({ length: H * W }, (_, i) => [40 + 20 * Math.floor(i / W), 60 + 10 * (i % W), 128]).flat();
    const raw = { raw: { height: H, width: W, channels: 3 as const } };
    const bytes = await sharp(Buffer.from(smooth), raw).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    // Rounding to YCbCr and of the coefficients at quality 100: 3 of 255 each
    (await through(bytes)).forEach((v, i) => expect(Math.abs(255 * v - smooth[i])).toBeLessThan(4));
    dataDir = mkdtempSync(path.join(root, 'data-'));
    // Orientation 3: stored upside down.
    const turned = Buffer.from(Array.from({ length: H * W }, (_, i) => smooth.slice(3 * (H * W - 1 - i)).slice(0, 3)).flat());
    const told = await sharp(turned, raw).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).withMetadata({ orientation: 3 }).toBuffer();
    (await through(told)).forEach((v, i) => expect(Math.abs(255 * v - smooth[i])).toBeLessThan(4));
  });
});
