// Fetches a dataset's files: resumes what an earlier try left, checks size and checksum, and only then gives a file its name.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KernelscopeError, badInput } from '../contract/errors.ts';
import { hasIdx } from './idx.ts';
import { mnistFiles, type MnistFile } from './mnist.ts';

/** Where MNIST's files lie; tried in this order. */
export const mnistMirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
] as const;

export interface FetchOptions {
  dataDir: string;
  /** in place of the mirrors */
  baseUrls?: readonly string[];
  signal?: AbortSignal;
  /** bytes of the file so far, and in all where the server says */
  onProgress?(file: string, done: number, total: number | null): void;
}

const sizeOf = (file: string) =>
  stat(file).then(
    (s) => s.size,
    () => 0,
  );
const failed = (message: string) => new KernelscopeError('failed', message);

/** MD5 and length of a gzip file's content. */
async function contentOf(file: string): Promise<{ md5: string; bytes: number }> {
  const md5 = createHash('md5');
  let bytes = 0;
  await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      md5.update(chunk);
      bytes += chunk.length;
    }
  });
  return { md5: md5.digest('hex'), bytes };
}

/** Brings `part` up to date with `url`, going on where it ends; settles when the whole file is there. */
async function download(url: string, part: string, o: FetchOptions, limit: number): Promise<void> {
  const have = await sizeOf(part);
  const response = await fetch(url, { headers: have > 0 ? { range: `bytes=${have}-` } : {}, signal: o.signal });
  if (response.status === 416) return; // nothing is missing; the checksum decides
  if (!response.ok || !response.body) throw failed(`${url}: expected the file, got ${response.status} ${response.statusText}`);
  if (!/^https?:$/.test(new URL(response.url).protocol)) throw failed(`${url}: was sent on to ${response.url}, which is not http(s)`);
  const resumed = response.status === 206;
  const left = Number(response.headers.get('content-length')) || null;
  let done = resumed ? have : 0;
  const total = left === null ? null : done + left;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      o.onProgress?.(path.basename(part, '.part'), done, total);
      if (done > limit) next(failed(`${url}: sends more than the ${limit} bytes that the file can have`));
      else next(null, chunk);
    },
  });
  try {
    await pipeline(
      Readable.fromWeb(response.body as import('node:stream/web').ReadableStream),
      meter,
      createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
    );
  } catch (error) {
    if (done > limit) await rm(part, { force: true }); // another file: there is nothing to go on from
    throw error;
  }
  if (total !== null && done < total) throw failed(`${url}: ended after ${done} of ${total} bytes`);
}

/** One file from one place: a .part that turns out wrong is thrown away, so that the next try starts anew. */
async function fetchFile(name: MnistFile, base: string, dir: string, o: FetchOptions): Promise<void> {
  const { md5, bytes } = mnistFiles[name];
  const file = path.join(dir, `${name}.gz`);
  const part = `${file}.part`;
  await download(new URL(`${name}.gz`, base).href, part, o, bytes);
  const found = await contentOf(part).catch((error: unknown) => ({
    md5: `none (it does not unpack: ${(error as Error).message})`,
    bytes: -1,
  }));
  if (found.md5 !== md5 || found.bytes !== bytes) {
    await rm(part, { force: true });
    throw failed(`${base}${name}.gz: expected MD5 ${md5} once unpacked, got ${found.md5}`);
  }
  await rename(part, file);
}

/** Fetches what is missing of a dataset; answers the names of the files that it brought.
 *  @throws `bad-input` for an unknown name, `failed` with each place's reason, `cancelled` keeping what came so far */
export async function fetchDataset(name: string, o: FetchOptions): Promise<string[]> {
  if (name !== 'mnist') throw badInput(`data fetch: expected mnist, got ${JSON.stringify(name)}`);
  const dir = path.join(o.dataDir, 'mnist');
  await mkdir(dir, { recursive: true });
  const brought: string[] = [];
  for (const file of Object.keys(mnistFiles) as MnistFile[]) {
    if (await hasIdx(dir, file)) continue;
    const reasons: string[] = [];
    for (const base of o.baseUrls ?? mnistMirrors) {
      try {
        await fetchFile(file, base.endsWith('/') ? base : `${base}/`, dir, o);
        brought.push(`${file}.gz`);
        break;
      } catch (error) {
        if (o.signal?.aborted)
          throw new KernelscopeError('cancelled', `cancelled; what came of ${file} is kept and goes on at the next try`);
        const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
        reasons.push(`${(error as Error).message}${cause}`);
      }
    }
    if (!brought.includes(`${file}.gz`)) throw failed(`${file}: could not be fetched: ${reasons.join('; ')}`);
  }
  return brought;
}
