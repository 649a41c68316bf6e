// Named arrays as one NPZ, or as a folder of NPY files.
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { NamedArray } from '../contract/results.ts';
import { whole } from './files.ts';
import { npyParts } from '../formats/npy.ts';
import { openZip } from '../formats/zip-write.ts';

export interface Written {
  name: string;
  shape: number[];
  dtype: 'float32' | 'float64' | 'int32' | 'uint8' | 'text';
  bytes: number;
}

const dtypeOf = ({ data, text }: NamedArray): Written['dtype'] => {
  if (text !== undefined) return 'text';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Int32Array ? 'int32' : 'uint8';
};

/** A file's place for a key such as `features/train/0/layer1`: no part of a key leads out of the folder. */
function fileFor(folder: string, name: string): string {
  const parts = name.split('/').map((p) => (/^\.*$/.test(p) ? `_${p}` : p.replaceAll(/[\\:*?"<>|]/g, '_')));
  return `${path.join(folder, ...parts)}.npy`;
}

/** Writes the arrays one after the other; none is held longer than it takes. An NPZ appears when it is whole. */
export async function writeArrays(arrays: AsyncIterable<NamedArray>, out: string, zip: boolean): Promise<Written[]> {
  const written: Written[] = [];
  const note = (a: NamedArray) => written.push({ name: a.name, shape: a.shape, dtype: dtypeOf(a), bytes: a.data.byteLength });
  if (!zip) {
    for await (const a of arrays) {
      const file = fileFor(out, a.name);
      await mkdir(path.dirname(file), { recursive: true });
      await whole(file, async (temporary) => {
        const handle = await open(temporary, 'w');
        try {
          for (const part of npyParts(a)) await handle.writeFile(part);
        } finally {
          await handle.close();
        }
      });
      note(a);
    }
    return written;
  }
  await whole(out, async (temporary) => {
    const file = await openZip(temporary);
    try {
      for await (const a of arrays) {
        await file.add(`${a.name}.npy`, npyParts(a));
        note(a);
      }
      await file.end();
    } catch (error) {
      await file.abandon();
      throw error;
    }
  });
  return written;
}
