import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { npyParts, readNpy } from '../../../main/formats/npy.ts';
import { openZipReader, zipLimits } from '../../../main/formats/zip-read.ts';
import { openZip } from '../../../main/formats/zip-write.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { noNumpy, numpy } from '../../support/numpy.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const text = (s: string) => new TextEncoder().encode(s);

async function write(file: string, entries: Record<string, Uint8Array[]>): Promise<void> {
  const zip = await openZip(file);
  for (const [name, parts] of Object.entries(entries)) await zip.add(name, parts);
  await zip.end();
}
async function readAll(file: string, limits = zipLimits): Promise<Record<string, Uint8Array>> {
  const zip = await openZipReader(file, 'x.npz', limits);
  try {
    const all: Record<string, Uint8Array> = {};
    for (const e of zip.entries) all[e.name] = await e.read();
    return all;
  } finally {
    await zip.close();
  }
}

/** A zip of one entry, with sizes as they are claimed. */
function forged(o: { name?: string; method?: number; packed: Uint8Array; size: number; crc?: number; flags?: number }): Buffer {
  const name = Buffer.from(o.name ?? 'a.npy');
  const u16 = (n: number) => Buffer.of(n & 255, n >> 8);
  const u32 = (n: number) => Buffer.concat([u16(n & 0xffff), u16(n >>> 16)]);
  const sizes = Buffer.concat([u32(o.crc ?? 0), u32(o.packed.length), u32(o.size), u16(name.length)]);
  const how = Buffer.concat([u16(20), u16(o.flags ?? 0), u16(o.method ?? 8), u32(0)]);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), how, sizes, u16(0), name, o.packed]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), u16(20), how, sizes, Buffer.alloc(12), u32(0), name]);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), u32(0), u16(1), u16(1), u32(central.length), u32(local.length), u16(0)]);
}

/** The same with four bytes of its record in the directory overwritten. */
function inDirectory(o: Parameters<typeof forged>[0], at: number, value: number): Buffer {
  const file = forged(o);
  const from = file.length - 22 - 51 + at;
  return file.fill(value, from, from + 4);
}

/** The same bytes under many records of the directory. */
function forgedMany(n: number, o: Parameters<typeof forged>[0], name: (i: number) => string = () => 'a.npy'): Buffer {
  const of = (i: number) => forged({ ...o, name: name(i) });
  const central = (i: number) => of(i).subarray(-22 - 46 - name(i).length, -22);
  const directory = Buffer.concat(Array.from({ length: n }, (_, i) => central(i)));
  const local = of(0).subarray(0, -22 - 46 - name(0).length);
  const end = Buffer.from(of(0).subarray(-22));
  end.writeUInt16LE(n, 10);
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([local, directory, end]);
}

/** The same with its packed and unpacked sizes in zip64 fields. */
function wide(o: Parameters<typeof forged>[0], packed: bigint, size: bigint): Buffer {
  const file = forged(o);
  const [local, central, end] = [file.subarray(0, -22 - 51), Buffer.from(file.subarray(-22 - 51, -22)), Buffer.from(file.subarray(-22))];
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(size, 4);
  extra.writeBigUInt64LE(packed, 12);
  central.fill(0xff, 20, 28).writeUInt16LE(extra.length, 30);
  end.writeUInt32LE(central.length + extra.length, 12);
  return Buffer.concat([local, central, extra, end]);
}

test('zip64 sizes are read; the head of an entry is had without the rest', async () => {
  const bytes = text('hello hello hello');
  const packed = deflateRawSync(bytes);
  writeFileSync(at('w.npz'), wide({ packed, size: 17, crc: crc32(bytes) }, BigInt(packed.length), 17n));
  expect(Buffer.from((await readAll(at('w.npz')))['a.npy']).toString()).toBe('hello hello hello');
  const large = new Uint8Array(8 << 20).map((_, i) => i * i);
  // Damage behind the first half is not met by who reads the first kilobyte.
  const half = deflateRawSync(large, { level: 0 });
  writeFileSync(at('h.npz'), forged({ packed: half.fill(0xff, half.length >> 1), size: large.length }));
  const zip = await openZipReader(at('h.npz'), 'x.npz');
  expect(await zip.entries[0].head(1000)).toEqual(Buffer.from(large.subarray(0, 1000)));
  await expect(zip.entries[0].read()).rejects.toThrow(/damaged/);
  await zip.close();
});

test('what is written is read back, in order, and the same twice', async () => {
  const entries = { 'layer/η.npy': [text('abc'), text('def')], 'empty.npy': [], 'b.npy': [new Uint8Array(100_000).fill(7)] };
  await write(at('a.zip'), entries);
  await write(at('b.zip'), entries);
  expect(readFileSync(at('a.zip')).equals(readFileSync(at('b.zip')))).toBe(true);
  const back = await readAll(at('a.zip'));
  expect(Object.keys(back)).toEqual(Object.keys(entries));
  expect(Buffer.from(back['layer/η.npy']).toString()).toBe('abcdef');
  expect(back['b.npy'].every((b) => b === 7)).toBe(true);
});

test('more than 65,535 entries need zip64 and get it', async () => {
  const zip = await openZip(at('many.zip'));
  for (let i = 0; i < 66_000; i++) await zip.add(`${i}`, []);
  await zip.end();
  const reader = await openZipReader(at('many.zip'), 'x', { ...zipLimits, entries: 1e6 });
  expect(reader.entries.length).toBe(66_000);
  expect(reader.entries[65_999].name).toBe('65999');
  await reader.close();
  await expect(openZipReader(at('many.zip'), 'x')).rejects.toThrow(/66000 entries/);
}, 180_000);

describe('is refused in one line:', () => {
  const bytes = text('hello hello hello');
  const packed = deflateRawSync(bytes);
  const fine = { packed, size: bytes.length, crc: crc32(bytes) };
  const bomb = deflateRawSync(Buffer.alloc(40 << 20));
  const middling = deflateRawSync(Buffer.alloc(15 << 20));

  test('(the same made right is read)', async () => {
    writeFileSync(at('f.npz'), forged(fine));
    expect(Buffer.from((await readAll(at('f.npz')))['a.npy']).toString()).toBe('hello hello hello');
  });

  test.each([
    ['nothing', Buffer.alloc(0), /something else or a cut file/],
    ['text', Buffer.from('no zip at all'), /something else/],
    ['cut at the end', forged(fine).subarray(0, -25), /cut/],
    ['cut at the start', forged(fine).subarray(20), /cut|cannot be read/],
    ['a wrong checksum', forged({ ...fine, crc: 1 }), /checksum/],
    ['damaged bytes', forged({ ...fine, packed: Buffer.alloc(packed.length, 0xff) }), /damaged/],
    ['less than declared', forged({ ...fine, size: bytes.length + 1 }), /declared 18 bytes, holds 17/],
    ['more than declared', forged({ ...fine, size: 4 }), /more than the 4 bytes it declares/],
    ['a bomb that tells', forged({ packed: bomb, size: 40 << 20 }), /zip bomb/],
    ['a bomb that lies', forged({ packed: bomb, size: 1000 }), /more than the 1000 bytes it declares/],
    ['a path upwards', forged({ ...fine, name: '../a.npy' }), /path out of it/],
    ['a path upwards in the middle', forged({ ...fine, name: 'layer/../../a.npy' }), /path out/],
    ['a path upwards by backslashes', forged({ ...fine, name: '..\\a.npy' }), /path out/],
    ['an absolute path', forged({ ...fine, name: '/etc/passwd' }), /path out/],
    ['a drive', forged({ ...fine, name: 'c:a.npy' }), /path out/],
    [
      'a line break in a name',
      forged({ ...fine, name: 'a\nb.npy' }),
      /"a\?b\.npy": expected names without control characters, got code 10/,
    ],
    ['a password', forged({ ...fine, flags: 1 }), /password/],
    ['a password at the entry alone', forged(fine).fill(1, 6, 7), /a\.npy: expected a zip without a password/],
    ['the same name twice', forgedMany(2, fine), /a\.npy is there twice/],
    ['packed bytes beyond the file', inDirectory(fine, 20, 0xee), /outside the file/],
    ['an entry beyond the file', inDirectory(fine, 42, 0x7f), /outside the file/],
    ['petabytes by zip64', wide(fine, 2n ** 50n, 17n), /outside the file/],
    ['sizes beyond all numbers by zip64', wide(fine, 2n ** 64n - 1n, 17n), /impossible/],
    ['many entries on the same bytes', forgedMany(600, { ...fine, packed: middling, size: 15 << 20 }, (i) => `${i}.npy`), /zip bomb/],
    ['another method', forged({ ...fine, method: 12 }), /zip method 12/],
    ['stored with two sizes', forged({ ...fine, method: 0 }), /declared 17 bytes, holds/],
  ])('%s', async (_, file, message) => {
    writeFileSync(at('bad.npz'), file);
    await expect(readAll(at('bad.npz'))).rejects.toThrow(message);
    await expect(readAll(at('bad.npz'))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^x\.npz: [^\n]+$/) as string,
    });
  });

  test('all together too large', async () => {
    await write(at('two.npz'), { a: [new Uint8Array(600)], b: [new Uint8Array(600)] });
    await expect(readAll(at('two.npz'), { ...zipLimits, totalBytes: 1000 })).rejects.toThrow(/at most 1000 bytes/);
    await expect(readAll(at('two.npz'), { ...zipLimits, entryBytes: 500 })).rejects.toThrow(/at most 500 bytes/);
  });
});

describe.skipIf(noNumpy)('NumPy', () => {
  test.each(['savez', 'savez_compressed'])('%s is read', async (how) => {
    const expected = numpy(
      `
a = np.random.RandomState(0).randn(3, 5); b = np.asfortranarray(a.astype('f4'))
getattr(np, sys.argv[2])(sys.argv[1], **{'layer/a': a, 'b': b, 'labels': np.array([1, 2, 3], 'u8')})
print(json.dumps([a.ravel().tolist(), b.astype('f8').ravel().tolist()]))`,
      at('np.npz'),
      how,
    );
    const all = await readAll(at('np.npz'));
    expect([[...readNpy(all['layer/a.npy'], 'a').data], [...readNpy(all['b.npy'], 'b').data]]).toEqual(expected);
    expect([...readNpy(all['labels.npy'], 'l').data]).toEqual([1, 2, 3]);
  });

  test('opens ours, and zipfile finds every checksum right', async () => {
    await write(at('ours.npz'), {
      'layer/a.npy': npyParts({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }),
      'ids.npy': npyParts({ shape: [3], data: Int32Array.of(5, 6, 7) }),
    });
    const code = `
z = np.load(sys.argv[1], allow_pickle=False)
print(json.dumps([zipfile.ZipFile(sys.argv[1]).testzip(), sorted(z.files), z['layer/a'].tolist(), z['ids'].tolist()]))`;
    expect(numpy(code, at('ours.npz'))).toEqual([
      null,
      ['ids', 'layer/a'],
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6, 7],
    ]);
  });

  test('opens the zip64 one too', () => {
    expect(statSync(at('many.zip')).size).toBeGreaterThan(1e6);
    expect(numpy(`z = zipfile.ZipFile(sys.argv[1]); print(json.dumps([len(z.namelist()), z.testzip()]))`, at('many.zip'))).toEqual([
      66_000,
      null,
    ]);
  });
});
