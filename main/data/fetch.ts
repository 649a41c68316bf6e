// Fetches a dataset's files: resumes what an earlier try left, checks size and checksum, and only then gives a file its name.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { badInput } from '../contract/errors.ts';
import { download, failed, fromFirst, type FetchOptions } from './download.ts';
import { fetchCifar10 } from './fetch-cifar10.ts';
import { hasIdx } from './idx.ts';
import { mnistFiles, type MnistFile } from './mnist.ts';

export type { FetchOptions } from './download.ts';

/** Where MNIST's files lie; tried in this order. */
export const mnistMirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
] as const;

/** What can be fetched, and in how many files it comes. */
export const fetchable: Record<string, number> = { mnist: 4, cifar10: 1 };

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

async function fetchMnist(o: FetchOptions): Promise<string[]> {
  const dir = path.join(o.dataDir, 'mnist');
  await mkdir(dir, { recursive: true });
  const brought: string[] = [];
  for (const file of Object.keys(mnistFiles) as MnistFile[]) {
    if (await hasIdx(dir, file)) continue;
    await fromFirst(file, o.baseUrls ?? mnistMirrors, o, (base) => fetchFile(file, base, dir, o));
    brought.push(`${file}.gz`);
  }
  return brought;
}

/** Fetches what is missing of a dataset; answers the names of the files that it brought.
 *  @throws `bad-input` for an unknown name, `failed` with each place's reason, `cancelled` keeping what came so far */
export async function fetchDataset(name: string, o: FetchOptions): Promise<string[]> {
  if (name === 'mnist') return fetchMnist(o);
  if (name === 'cifar10') return fetchCifar10(o);
  throw badInput(`data fetch: expected ${Object.keys(fetchable).join(' | ')}, got ${JSON.stringify(name)}`);
}
