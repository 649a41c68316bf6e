// Arrays by key, from an NPZ or from a folder of NPY and safetensors files, read only when they are asked for.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import type { ReadArray } from '../../formats/array.ts';
import { fileBytes, readPart, requirePlainName, type Stored } from '../../formats/bytes.ts';
import { checkedNpy, headBytes, memoryOf, readNpy, readValues } from '../../formats/npy.ts';
import { checkedText, holdsText, readNpyText } from '../../formats/npy-text.ts';
import { headerLength, readTensors } from '../../formats/safetensors.ts';
import { openZipReader } from '../../formats/zip-read.ts';

export type Found = ReadArray | { texts: string[] };

export interface ArraySource {
  /** the file or folder, for messages */
  what: string;
  keys: string[];
  read(key: string): Promise<Found>;
  close(): Promise<void>;
}

/** Room for the numbers that are read, in bytes. They lie in memory twice, here and in the process that computes, which needs as much again. */
class Room {
  readonly limit = Math.min(16 * 2 ** 30, Math.floor(Math.min(os.totalmem(), process.constrainedMemory() || Infinity) / 4));
  private left = this.limit;
  take(bytes: number, what: string): void {
    if (bytes > this.left)
      throw badInput(
        `${what}: expected at most ${this.limit} bytes of numbers in all, a quarter of this machine's memory; ${this.left} are left, got ${bytes}`,
      );
    this.left -= bytes;
  }
}

/** An NPY array, checked by its header before the rest of it is read. */
async function readAny(stored: Stored, what: string, room: Room): Promise<Found> {
  const head = await stored.head(headBytes);
  if (holdsText(head, what)) {
    checkedText(head, stored.size, what);
    return { texts: readNpyText(await stored.read(), what) };
  }
  const { type, shape } = checkedNpy(head, stored.size, what);
  room.take(memoryOf(type, shape), what);
  return readNpy(await stored.read(), what);
}

async function openNpz(file: string): Promise<ArraySource> {
  const room = new Room();
  const zip = await openZipReader(file);
  const entries = new Map(zip.entries.filter((e) => e.name.endsWith('.npy')).map((e) => [e.name.slice(0, -4), e]));
  return {
    what: file,
    keys: [...entries.keys()],
    read: (key) => readAny(entries.get(key)!, `${file}: ${key}`, room),
    close: () => zip.close(),
  };
}

const deepest = 8;
const mostFiles = 100_000;
const mostNames = 10 << 20;

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
        if (target === null || !target.startsWith(home + path.sep))
          throw badInput(`${path.join(folder, name)}: expected a link within ${folder}, got one that leads out of it or nowhere`);
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
  const room = new Room();
  for (const file of await filesUnder(folder)) {
    const full = path.join(folder, file);
    if (!/\.(npy|safetensors)$|^layers\.json$/.test(file)) continue;
    requirePlainName(file, folder);
    const stored = await fileBytes(full);
    if (file.endsWith('.npy')) add(file.slice(0, -4), () => readAny(stored, full, room));
    else if (file === 'layers.json') add('layers', async () => ({ texts: await namesOf(full, stored.size) }));
    else {
      const inFolder = path.posix.dirname(file);
      const tensors = readTensors(await stored.head(8 + headerLength(await stored.head(8), stored.size, full)), stored.size, full);
      for (const [name, { type, shape, from, to }] of tensors)
        add(inFolder === '.' || name.startsWith(`${inFolder}/`) ? name : `${inFolder}/${name}`, async () => {
          const what = `${full}: ${name}`;
          room.take(memoryOf(type, shape), what);
          return readValues(await readPart(full, from, to, what), type, shape, what);
        });
    }
  }
  if (places.size === 0) throw badInput(`${folder}: expected NPY or safetensors files, found none`);
  return { what: folder, keys: [...places.keys()], read: (key) => places.get(key)!(), close: async () => undefined };
}

async function namesOf(file: string, size: number): Promise<string[]> {
  if (size > mostNames) throw badInput(`${file}: expected a list of at most ${mostNames} bytes, got ${size}`);
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
