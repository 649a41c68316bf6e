// Arrays by key, from an NPZ or from a folder of NPY and safetensors files, read only when they are asked for.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import { readNpy } from '../formats/npy.ts';
import { holdsText, readNpyText } from '../formats/npy-text.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { openZipReader, zipLimits } from '../formats/zip-read.ts';
import type { ReadArray } from '../formats/array.ts';

export type Found = ReadArray | { texts: string[] };

export interface ArraySource {
  /** the file or folder, for messages */
  what: string;
  keys: string[];
  read(key: string): Promise<Found>;
  close(): Promise<void>;
}

const readAny = (bytes: Uint8Array, what: string): Found =>
  holdsText(bytes, what) ? { texts: readNpyText(bytes, what) } : readNpy(bytes, what);

async function openNpz(file: string): Promise<ArraySource> {
  // Everything is in memory twice for a moment: here and in the process that computes.
  const memory = Math.floor(os.totalmem() / 2);
  const zip = await openZipReader(file, file, { ...zipLimits, totalBytes: Math.min(zipLimits.totalBytes, memory) });
  const entries = new Map(zip.entries.filter((e) => e.name.endsWith('.npy')).map((e) => [e.name.slice(0, -4), e]));
  return {
    what: file,
    keys: [...entries.keys()],
    read: async (key) => readAny(await entries.get(key)!.read(), `${file}: ${key}`),
    close: () => zip.close(),
  };
}

const deepest = 8;
const mostFiles = 100_000;

/** Files under `folder`, as paths from it. A link that leads out of the folder is refused: it would read what nobody chose. */
async function filesUnder(folder: string): Promise<string[]> {
  const home = await realpath(folder);
  const files: string[] = [];
  const walk = async (at: string, depth: number) => {
    if (depth > deepest) throw badInput(`${path.join(folder, at)}: nested deeper than ${deepest} folders`);
    for (const entry of await readdir(path.join(home, at), { withFileTypes: true })) {
      const name = path.posix.join(at, entry.name);
      const full = path.join(home, name);
      if (entry.isSymbolicLink()) {
        const target = await realpath(full).catch(() => null);
        if (target === null || !target.startsWith(home + path.sep)) throw badInput(`${path.join(folder, name)}: a link out of ${folder}`);
      }
      if (files.length >= mostFiles) throw badInput(`${folder}: expected at most ${mostFiles} files`);
      if ((await stat(full)).isDirectory()) await walk(name, depth + 1);
      else files.push(name);
    }
  };
  await walk('', 0);
  return files.sort();
}

async function openFolder(folder: string): Promise<ArraySource> {
  const places = new Map<string, () => Promise<Found>>();
  const add = (key: string, read: () => Promise<Found>) => {
    if (places.has(key)) throw badInput(`${folder}: ${key} is there twice`);
    places.set(key, read);
  };
  const limit = Math.min(zipLimits.totalBytes, Math.floor(os.totalmem() / 2));
  let total = 0;
  const load = async (file: string) => {
    const full = path.join(folder, file);
    const { size } = await stat(full);
    if (size > zipLimits.entryBytes) throw badInput(`${full}: expected at most ${zipLimits.entryBytes} bytes, got ${size}`);
    return readFile(full);
  };
  for (const file of await filesUnder(folder)) {
    const full = path.join(folder, file);
    if (/\.(npy|safetensors)$/.test(file)) total += (await stat(full)).size;
    if (total > limit) throw badInput(`${folder}: expected at most ${limit} bytes of arrays`);
    if (file.endsWith('.npy')) add(file.slice(0, -4), async () => readAny(await load(file), full));
    else if (file.endsWith('.safetensors')) {
      const inFolder = path.posix.dirname(file);
      for (const [name, array] of readSafetensors(await load(file), full))
        add(inFolder === '.' || name.startsWith(`${inFolder}/`) ? name : `${inFolder}/${name}`, async () => array);
    } else if (file === 'layers.json') add('layers', async () => ({ texts: await namesOf(full) }));
  }
  if (places.size === 0) throw badInput(`${folder}: expected NPY or safetensors files, found none`);
  return { what: folder, keys: [...places.keys()], read: (key) => places.get(key)!(), close: async () => undefined };
}

async function namesOf(file: string): Promise<string[]> {
  let names: unknown;
  try {
    names = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw badInput(`${file}: expected a JSON list of names`);
  }
  if (!Array.isArray(names) || !names.every((n) => typeof n === 'string')) throw badInput(`${file}: expected a JSON list of names`);
  return names;
}

/** Opens `place`, a file or a folder. */
export async function openArrays(place: string): Promise<ArraySource> {
  return (await stat(place)).isDirectory() ? openFolder(place) : openNpz(place);
}
