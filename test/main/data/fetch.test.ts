// Against a server of the test's own, with four small files in MNIST's place.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fetchDataset } from '../../../main/data/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { refusal } from './support.ts';
import { serveWhileTesting } from '../../support/loopback.ts';

const { names, contents } = vi.hoisted(() => ({
  names: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'] as const,
  // four bits of noise a byte: it packs to about half
  contents: [0, 1, 2, 3].map((k) => {
    let state = k;
    const noise = () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24) & 15;
    return Buffer.from(Uint8Array.from({ length: 60_000 }, noise));
  }),
}));
vi.mock('../../../main/data/mnist.ts', () => ({
  mnistFiles: Object.fromEntries(
    names.map((name, i) => [name, { md5: createHash('md5').update(contents[i]).digest('hex'), bytes: contents[i].length }]),
  ),
}));
const packed = new Map(names.map((name, i) => [`/${name}.gz`, gzipSync(contents[i])]));
const whole = (request: IncomingMessage) => packed.get(request.url ?? '') ?? Buffer.alloc(0);

const first = names[0];
const cutAt = 10_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
/** A server as it should be: whole files, or what is left of them. */
const good: Answer = (request, response) => {
  const file = whole(request);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= file.length) return void response.writeHead(416).end();
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': file.length - from }).end(file.subarray(from));
};
const withoutRanges: Answer = (request, response) => void response.writeHead(200).end(whole(request));
const other: Answer = (_, response) => void response.writeHead(200).end(gzipSync('something else'));

let answer: Answer;
let asked: { url: string; range: string | undefined }[];
const server = createServer((request, response) => {
  asked.push({ url: request.url ?? '', range: request.headers.range });
  answer(request, response);
});
const root = temporaryFolder();
let base: string;
let dataDir: string;
const dir = () => path.join(dataDir, 'mnist');
const part = () => path.join(dir(), `${first}.gz.part`);
const fetching = (more: object = {}) => fetchDataset('mnist', { dataDir, baseUrls: [base], ...more });
const left = (bytes: Uint8Array) => {
  mkdirSync(dir());
  writeFileSync(part(), bytes);
};
function complete(): void {
  expect(readdirSync(dir()).sort()).toEqual(names.map((name) => `${name}.gz`).sort());
  names.forEach((name, i) => expect(gunzipSync(readFileSync(path.join(dir(), `${name}.gz`))).equals(contents[i]), name).toBe(true));
}

serveWhileTesting(server, (address) => (base = address));
beforeEach(() => {
  [answer, asked, dataDir] = [good, [], mkdtempSync(path.join(root, 'data-'))];
});

describe('brings', () => {
  test('every file, once, saying how far it is; nothing at the next call', async () => {
    const progress: [string, number, number | null][] = [];
    expect(await fetching({ onProgress: (...p: [string, number, number | null]) => progress.push(p) })).toEqual(
      names.map((n) => `${n}.gz`),
    );
    complete();
    expect(asked).toEqual(names.map((n) => ({ url: `/${n}.gz`, range: undefined })));
    for (const [url, { length }] of packed) {
      const done = progress.filter(([file]) => `/${file}` === url);
      expect(done.at(-1)?.slice(1)).toEqual([length, length]);
      expect(done.map((p) => p[1])).toEqual(done.map((p) => p[1]).sort((a, b) => a - b));
    }
    expect(await fetching()).toEqual([]);
    expect(asked.length).toBe(4);
  });

  test('only what is missing, unpacked files counting as present', async () => {
    mkdirSync(dir());
    writeFileSync(path.join(dir(), names[1]), 'there already');
    expect(await fetching()).not.toContain(`${names[1]}.gz`);
    expect(asked.map((a) => a.url)).toEqual([0, 2, 3].map((i) => `/${names[i]}.gz`));
  });

  test('the rest of a file whose connection was cut', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': whole(request).length }).write(whole(request).subarray(0, cutAt));
      void (async () => {
        while (!existsSync(part()) || statSync(part()).size < cutAt) await wait(5);
        response.destroy();
      })();
    };
    expect(await refusal(() => fetching(), 'failed')).toContain(`${first}: could not be fetched`);
    expect(statSync(part()).size).toBe(cutAt);
    expect(existsSync(path.join(dir(), `${first}.gz`))).toBe(false);
    answer = good;
    await fetching();
    expect(asked[1].range).toBe(`bytes=${cutAt}-`);
    complete();
  });

  test('the whole file again from a server without ranges', async () => {
    left(Buffer.from('of no use'));
    answer = withoutRanges;
    await fetching();
    expect(asked[0].range).toBe('bytes=9-');
    complete();
  });

  test('nothing more of a file that came whole and was not yet given its name', async () => {
    left(packed.get(`/${first}.gz`) as Buffer);
    await fetching();
    complete();
  });

  test('from the next place what the first one does not have, or has wrong, or never ends sending', async () => {
    const flood: Answer = (_, response) => void response.writeHead(200).end(Buffer.alloc(70_000, 1));
    for (const bad of [((_, r) => void r.writeHead(404).end()) as Answer, other, flood]) {
      dataDir = mkdtempSync(path.join(root, 'data-'));
      answer = (request, response) => {
        const isBad = request.url?.startsWith('/bad/');
        request.url = request.url?.replace('/bad', '');
        (isBad ? bad : good)(request, response);
      };
      expect((await fetching({ baseUrls: [`${base}bad`, base] })).length).toBe(4);
      complete();
    }
  });
});

describe('refuses', () => {
  test('a wrong checksum: nothing is left, and the next call starts anew', async () => {
    answer = other;
    const message = await refusal(() => fetching(), 'failed');
    for (const md5 of [contents[0], 'something else'].map((c) => createHash('md5').update(c).digest('hex'))) expect(message).toContain(md5);
    expect(readdirSync(dir())).toEqual([]);
    answer = good;
    await fetching();
    expect(asked[1].range).toBeUndefined();
    complete();
  });

  test('what is no gzip file, and a resumed file that does not fit together', async () => {
    answer = (_, response) => void response.writeHead(200).end('<html>please log in</html>');
    expect(await refusal(() => fetching(), 'failed')).toContain('does not unpack');
    expect(readdirSync(dir())).toEqual([]);
    answer = good;
    writeFileSync(part(), 'wrong from the start');
    expect(await refusal(() => fetching(), 'failed')).toContain('expected MD5');
    expect(readdirSync(dir())).toEqual([]);
  });

  test('an error of the server, an unreachable one, and an unknown dataset', async () => {
    answer = (_, response) => void response.writeHead(404).end();
    expect(await refusal(() => fetching(), 'failed')).toContain(`${base}${first}.gz: expected the file, got 404 Not Found`);
    expect(readdirSync(dir())).toEqual([]);
    expect(await refusal(() => fetching({ baseUrls: ['http://127.0.0.1:1/'] }), 'failed')).toContain(first);
    expect(await refusal(() => fetchDataset('cifar', { dataDir }))).toBe('data fetch: expected mnist | cifar10, got "cifar"');
  });

  test('more bytes than the file can have, and leaves none of them', async () => {
    answer = (_, response) => void response.writeHead(200).end(Buffer.alloc(200_000, 1));
    expect(await refusal(() => fetching(), 'failed')).toContain('sends more than the 60000 bytes');
    expect(readdirSync(dir())).toEqual([]);
  });
});

test('told to stop, it keeps what came and goes on from there', async () => {
  const stop = new AbortController();
  answer = (request, response) => {
    response.writeHead(200, { 'content-length': whole(request).length }).write(whole(request).subarray(0, cutAt));
    void (async () => {
      while (!existsSync(part()) || statSync(part()).size < cutAt) await wait(5);
      stop.abort();
    })();
  };
  expect(await refusal(() => fetching({ signal: stop.signal }), 'cancelled')).toContain(first);
  expect(readdirSync(dir())).toEqual([`${first}.gz.part`]);
  answer = good;
  await fetching();
  expect(asked[1].range).toBe(`bytes=${cutAt}-`);
  complete();
  const asks = asked.length;
  dataDir = mkdtempSync(path.join(root, 'data-'));
  await refusal(() => fetching({ signal: AbortSignal.abort() }), 'cancelled');
  expect(asked.length).toBe(asks);
});
