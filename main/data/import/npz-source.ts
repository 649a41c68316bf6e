// An NPZ with x (n, …) and y (n).
import os from 'node:os';
import { badInput } from '../../contract/errors.ts';
import { checkedNpy, headBytes, memoryOf, readNpy } from '../../formats/npy.ts';
import { holdsText } from '../../formats/npy-text.ts';
import { openZipReader, zipLimits } from '../../formats/zip-read.ts';
import { openArrays } from './arrays-source.ts';
import type { Source } from './source.ts';

/** Bytes of numbers that are read: they are held while samples are taken from them. */
const mostMemory = Math.min(16 * 2 ** 30, Math.floor(Math.min(os.totalmem(), process.constrainedMemory() || Infinity) / 4));

/** what: the file, for messages. @throws `bad-input` naming the array */
export async function openNpz(file: string, what: string): Promise<Source> {
  const zip = await openZipReader(file, what, zipLimits);
  try {
    const entries = new Map(zip.entries.filter((e) => e.name.endsWith('.npy')).map((e) => [e.name.slice(0, -4), e]));
    let left = mostMemory;
    const read = async (key: 'x' | 'y') => {
      const entry = entries.get(key);
      if (!entry)
        throw badInput(`${what}: expected arrays x (n, …) and y (n), got ${[...entries.keys()].slice(0, 20).join(', ') || 'none'}`);
      const here = `${what}: ${key}`;
      const head = await entry.head(headBytes);
      if (holdsText(head, here)) throw badInput(`${here}: expected numbers, got texts`);
      const { type, shape } = checkedNpy(head, entry.size, here);
      const bytes = memoryOf(type, shape);
      if (bytes > left)
        throw badInput(`${here}: expected at most ${mostMemory} bytes of numbers, a quarter of this machine's memory, got ${bytes}`);
      left -= bytes;
      return readNpy(await entry.read(), here);
    };
    return openArrays(what, { x: await read('x'), y: await read('y') });
  } finally {
    await zip.close();
  }
}
