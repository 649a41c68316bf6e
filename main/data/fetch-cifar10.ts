// Fetches CIFAR-10: one archive, whose checksum is held against the published one before anything is unpacked. The checksums of the files
// that came out of it are kept beside them, so that files changed since, or brought from elsewhere, are not taken for the official ones.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KernelscopeError } from '../contract/errors.ts';
import { cifar10Archive, cifar10Folder } from './cifar10.ts';
import { download, failed, fromFirst, type FetchOptions } from './download.ts';
import { readTar, type TarSink } from './tar.ts';

export const cifar10Home = 'https://www.cs.toronto.edu/~kriz/';
/** `md5sum -c` reads it too */
const sums = 'fetched.md5';
/** The longest file whose size is not fixed. */
const longestText = 4096;

async function md5Of(file: string): Promise<string> {
  const md5 = createHash('md5');
  await pipeline(createReadStream(file), md5);
  return md5.digest('hex');
}

const names = () => Object.keys(cifar10Archive.files);
const rightSize = (name: string, size: number) => {
  const fixed = cifar10Archive.files[name];
  return fixed === null ? size <= longestText : size === fixed;
};

/** Names of the files in `dir` that are, byte for byte, those that came out of the official archive. */
async function officialIn(dir: string): Promise<Set<string>> {
  const kept = await readFile(path.join(dir, sums), 'utf8').catch(() => '');
  const found = new Set<string>();
  for (const line of kept.split('\n')) {
    const [, md5, name] = /^([0-9a-f]{32}) {2}(.+)$/.exec(line) ?? [];
    if (!names().includes(name)) continue;
    const file = path.join(dir, name);
    const size = (await stat(file).catch(() => null))?.size;
    if (size !== undefined && rightSize(name, size) && (await md5Of(file)) === md5) found.add(name);
  }
  return found;
}

/** Unpacks the expected files of a checked archive as NAME.part in `dir`; answers the MD5 of each. */
async function unpack(archive: string, dir: string, signal?: AbortSignal): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const what = path.basename(archive, '.part');
  let handle: FileHandle | null = null;
  const openSink = async (entry: string, size: number): Promise<TarSink | null> => {
    signal?.throwIfAborted();
    const name = names().find((n) => entry.replace(/^\.\//, '') === `${cifar10Folder}/${n}`);
    if (name === undefined) return null;
    if (made.has(name)) throw failed(`${what}: expected ${name} once, got it twice`);
    if (!rightSize(name, size))
      throw failed(`${what}: expected ${name} of ${cifar10Archive.files[name] ?? `at most ${longestText}`} bytes, got ${size}`);
    const file = (handle = await open(path.join(dir, `${name}.part`), 'w'));
    const md5 = createHash('md5');
    return {
      async write(bytes) {
        md5.update(bytes);
        await file.writeFile(bytes);
      },
      async end() {
        await file.sync();
        made.set(name, md5.digest('hex'));
        await file.close();
        handle = null;
      },
    };
  };
  try {
    await pipeline(createReadStream(archive), createGunzip(), (chunks: AsyncIterable<Buffer>) => readTar(chunks, what, openSink));
  } finally {
    await (handle as FileHandle | null)?.close();
  }
  const missing = names().filter((name) => !made.has(name));
  if (missing.length > 0) throw failed(`${what}: expected also ${missing.join(', ')}, found none`);
  return made;
}

/** Gives the unpacked files their names. What stood there and is another file is set aside, not lost. */
async function putInPlace(dir: string, made: Map<string, string>, o: FetchOptions): Promise<string[]> {
  const brought: string[] = [];
  for (const [name, md5] of made) {
    const file = path.join(dir, name);
    const there = await md5Of(file).catch(() => null);
    if (there !== null && there !== md5) {
      await rename(file, `${file}.replaced`);
      o.onRemark?.(`${file}: was not the official file; it is kept as ${name}.replaced`);
    }
    await rename(`${file}.part`, file);
    if (there !== md5) brought.push(name);
  }
  const list = path.join(dir, sums);
  await writeFile(`${list}.part`, [...made].map(([name, md5]) => `${md5}  ${name}\n`).join(''));
  await rename(`${list}.part`, list);
  return brought;
}

/** Fetches CIFAR-10 where it is not here as fetched; answers the files that it brought. @throws as fetchDataset */
export async function fetchCifar10(o: FetchOptions): Promise<string[]> {
  const dir = path.join(o.dataDir, cifar10Folder);
  if ((await officialIn(dir)).size === names().length) return [];
  await mkdir(dir, { recursive: true });
  const { name, bytes, md5 } = cifar10Archive;
  const part = path.join(o.dataDir, `${name}.part`);
  await fromFirst(name, o.baseUrls ?? [cifar10Home], o, async (base) => {
    await download(new URL(name, base).href, part, o, bytes);
    const found = { bytes: (await stat(part)).size, md5: await md5Of(part) };
    if (found.md5 === md5 && found.bytes === bytes) return;
    await rm(part, { force: true });
    throw failed(`${base}${name}: expected ${bytes} bytes of MD5 ${md5}, got ${found.bytes} of ${found.md5}`);
  });
  try {
    const brought = await putInPlace(dir, await unpack(part, dir, o.signal), o);
    await rm(part, { force: true });
    return brought;
  } catch (error) {
    await Promise.all(names().map((file) => rm(path.join(dir, `${file}.part`), { force: true })));
    if (o.signal?.aborted) throw new KernelscopeError('cancelled', `cancelled; ${name} is kept and is unpacked at the next try`);
    if (!(error instanceof KernelscopeError)) throw failed(`${name}: could not be unpacked: ${(error as Error).message}`); // a full disk, say
    await rm(part, { force: true });
    throw error;
  }
}
