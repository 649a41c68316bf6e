// Downloads a file into a .part: goes on from what an earlier try left there, and takes no more than the file can have.
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KernelscopeError } from '../contract/errors.ts';

export interface FetchOptions {
  dataDir: string;
  /** in place of the mirrors */
  baseUrls?: readonly string[];
  signal?: AbortSignal;
  /** bytes of the file so far, and in all where the server says */
  onProgress?(file: string, done: number, total: number | null): void;
  /** what a person should hear of, on one line */
  onRemark?(line: string): void;
}

const sizeOf = (file: string) =>
  stat(file).then(
    (s) => s.size,
    () => 0,
  );
export const failed = (message: string) => new KernelscopeError('failed', message);

/** Brings `part` up to date with `url`, going on where it ends; settles when the whole file is there.
 *  @throws `failed` with the place's reason; what came is kept, except of a file of more than `limit` bytes */
export async function download(url: string, part: string, o: FetchOptions, limit: number): Promise<void> {
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

/**
 * Tries each place in turn. @throws `failed` with each place's reason, `cancelled` keeping what came so far
 */
export async function fromFirst(
  what: string,
  places: readonly string[],
  o: FetchOptions,
  get: (base: string) => Promise<void>,
): Promise<void> {
  const reasons: string[] = [];
  for (const base of places) {
    try {
      return await get(base.endsWith('/') ? base : `${base}/`);
    } catch (error) {
      if (o.signal?.aborted) throw new KernelscopeError('cancelled', `cancelled; what came of ${what} is kept and goes on at the next try`);
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      reasons.push(`${(error as Error).message}${cause}`);
    }
  }
  throw failed(`${what}: could not be fetched: ${reasons.join('; ')}`);
}
