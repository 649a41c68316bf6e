// Against a server of the test's own, with a small archive in CIFAR-10's place.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { cifar10Archive } from '../../../main/data/cifar10.ts';
import { fetchDataset } from '../../../main/data/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { cifarBytes, refusal } from './support.ts';
import { tar, type TarEntry } from './tar-support.ts';
import { serveWhileTesting } from '../../support/loopback.ts';

const bins = ['data_batch_1.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'data_batch_4.bin', 'data_batch_5.bin', 'test_batch.bin'];
const contents = new Map<string, Buffer>([
  ...bins.map((name, i) => [name, cifarBytes(2, 2 * i)] as const),
  ['batches.meta.txt', Buffer.from('airplane\ntruck\n')],
]);
const entries: TarEntry[] = [...contents].map(([name, content]) => ({ name: `cifar-10-batches-bin/${name}`, content }));
const evil: TarEntry[] = [
  { name: 'cifar-10-batches-bin/', type: '5' },
  { name: 'cifar-10-batches-bin/readme.html', content: Buffer.from('<html>') },
  { name: '../../data_batch_1.bin', content: cifarBytes(2) },
  { name: '/tmp/test_batch.bin', content: cifarBytes(2) },
  { name: 'cifar-10-batches-bin/data_batch_1.bin', type: '2' },
];
const pack = (...all: TarEntry[]) => gzipSync(tar(...all));
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

let archive: Buffer;
/** Serves `bytes`, and has the program hold them for the official archive. */
function official(bytes: Buffer): void {
  archive = bytes;
  Object.assign(cifar10Archive, { bytes: bytes.length, md5: md5(bytes), files: sizes });
}
const published = { ...cifar10Archive };
const sizes: Record<string, number | null> = { ...Object.fromEntries(bins.map((name) => [name, 2 * 3073])), 'batches.meta.txt': null };

let asked: (string | undefined)[];
let served = (): Buffer => archive;
let cutAt = Infinity;
const server = createServer((request, response) => {
  asked.push(request.headers.range);
  const file = served();
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (request.url !== '/cifar-10-binary.tar.gz') return void response.writeHead(404).end();
  if (from >= file.length) return void response.writeHead(416).end();
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': file.length - from });
  if (cutAt === Infinity) return void response.end(file.subarray(from));
  response.write(file.subarray(from, cutAt), () => setTimeout(() => response.destroy(), 50));
});
const root = temporaryFolder();
let base: string;
let dataDir: string;
const dir = () => path.join(dataDir, 'cifar-10-batches-bin');
const fetching = (more: object = {}) => fetchDataset('cifar10', { dataDir, baseUrls: [base], ...more });
function complete(also: string[] = []): void {
  expect(readdirSync(dir()).sort()).toEqual([...contents.keys(), 'fetched.md5', ...also].sort());
  for (const [name, bytes] of contents) expect(readFileSync(path.join(dir(), name)).equals(bytes), name).toBe(true);
  expect(readdirSync(dataDir)).toEqual(['cifar-10-batches-bin']);
}

serveWhileTesting(server, (address) => (base = address));
beforeEach(() => {
  [asked, cutAt, dataDir] = [[], Infinity, mkdtempSync(path.join(root, 'data-'))];
  served = () => archive;
  official(pack(...evil, ...entries));
});

test('the published archive is held to its size, its checksum and the sizes of its files', () => {
  expect(published).toMatchObject({ bytes: 170_052_171, md5: 'c32a1d4ab5d03f1284b67883e8d87530' });
  expect(Object.values(published.files).filter((n) => n === 10_000 * 3073).length).toBe(6);
});

describe('brings', () => {
  test('the six files and the names of the classes, whatever else is in the archive; nothing at the next call', async () => {
    const seen: (number | null)[] = [];
    const onProgress = (_: string, done: number, total: number | null) => void seen.push(done, total);
    expect((await fetching({ onProgress })).sort()).toEqual([...contents.keys()].sort());
    complete();
    expect(seen.slice(-2)).toEqual([archive.length, archive.length]);
    expect(readFileSync(path.join(dir(), 'fetched.md5'), 'utf8')).toContain(
      `${md5(contents.get('test_batch.bin') as Buffer)}  test_batch.bin\n`,
    );
    expect(await fetching()).toEqual([]);
    expect(asked).toEqual([undefined]);
  });

  test('the rest of an archive whose connection was cut', async () => {
    cutAt = 500;
    expect(await refusal(() => fetching(), 'failed')).toContain('cifar-10-binary.tar.gz: could not be fetched');
    expect(readdirSync(dataDir).sort()).toEqual(['cifar-10-batches-bin', 'cifar-10-binary.tar.gz.part']);
    cutAt = Infinity;
    await fetching();
    expect(asked).toEqual([undefined, 'bytes=500-']);
    complete();
  });

  test('the official files in place of others, which are kept; of a right size is not enough', async () => {
    mkdirSync(dir());
    writeFileSync(path.join(dir(), 'data_batch_1.bin'), cifarBytes(2, 50)); // records, and of the right size
    writeFileSync(path.join(dir(), 'data_batch_2.bin'), contents.get('data_batch_2.bin') as Buffer); // by chance the official one
    const remarks: string[] = [];
    const brought = await fetching({ onRemark: (line: string) => void remarks.push(line) });
    expect(brought).toContain('data_batch_1.bin');
    expect(brought).not.toContain('data_batch_2.bin');
    complete(['data_batch_1.bin.replaced']);
    expect(readFileSync(path.join(dir(), 'data_batch_1.bin.replaced')).equals(cifarBytes(2, 50))).toBe(true);
    expect(remarks).toEqual([
      `${path.join(dir(), 'data_batch_1.bin')}: was not the official file; it is kept as data_batch_1.bin.replaced`,
    ]);
  });

  test('again what was changed after it was fetched', async () => {
    await fetching();
    const changed = Buffer.from(contents.get('test_batch.bin') as Buffer);
    changed[100] ^= 1;
    writeFileSync(path.join(dir(), 'test_batch.bin'), changed);
    expect(await fetching()).toEqual(['test_batch.bin']);
    complete(['test_batch.bin.replaced']);
  });
});

describe('refuses', () => {
  test('an archive of another checksum or size before it is unpacked, and leaves nothing of it', async () => {
    const other = Buffer.from(archive);
    other[archive.length - 1] ^= 1;
    for (const bytes of [other, archive.subarray(0, archive.length - 10), Buffer.concat([archive, Buffer.alloc(5)])]) {
      served = () => bytes;
      expect(await refusal(() => fetching(), 'failed')).toMatch(
        bytes.length > archive.length ? /sends more than/ : new RegExp(`got ${bytes.length} of `),
      );
      expect(readdirSync(dir())).toEqual([]);
      expect(existsSync(path.join(dataDir, 'cifar-10-binary.tar.gz.part'))).toBe(false);
    }
  });

  test('files of other sizes, missing ones and ones that come twice, and leaves nothing of them', async () => {
    const told = async (...all: TarEntry[]) => {
      official(pack(...all));
      dataDir = mkdtempSync(path.join(root, 'data-'));
      const message = await refusal(() => fetching(), 'failed');
      expect([readdirSync(dir()), readdirSync(dataDir)]).toEqual([[], ['cifar-10-batches-bin']]);
      return message;
    };
    expect(await told(...entries.slice(1))).toBe('cifar-10-binary.tar.gz: expected also data_batch_1.bin, found none');
    expect(await told(...entries, entries[2])).toContain('expected data_batch_3.bin once');
    const long = { ...entries[5], content: cifarBytes(3) };
    expect(await told(...entries.slice(0, 5), long)).toBe('cifar-10-binary.tar.gz: expected test_batch.bin of 6146 bytes, got 9219');
    const meta = { name: 'cifar-10-batches-bin/batches.meta.txt', content: Buffer.alloc(5000) };
    expect(await told(...entries.slice(0, 6), meta)).toContain('batches.meta.txt of at most 4096 bytes, got 5000');
    official(gzipSync(Buffer.from('no tar')));
    expect(await refusal(() => fetching(), 'failed')).toContain('expected a whole tar archive');
  });
});

test('told to stop, it keeps what came', async () => {
  const stop = new AbortController();
  cutAt = 500;
  const message = await refusal(() => fetching({ signal: stop.signal, onProgress: () => stop.abort() }), 'cancelled');
  expect(message).toContain('what came of cifar-10-binary.tar.gz is kept');
  cutAt = Infinity;
  await fetching();
  complete();
});
