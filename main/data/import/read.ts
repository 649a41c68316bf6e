// Reads imported datasets back, checked against the checksums of their import.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { badInput } from '../../contract/errors.ts';
import { splits, type Split } from '../../contract/results.ts';
import type { Pool } from '../pool.ts';
import { bytesOf, fileOf, importedFolder, parseHeader, sizeOf, type ArrayName, type Header } from './stored.ts';

/** Names of the imported datasets, sorted; those that are being written are not among them. */
export async function importedNames(dataDir: string): Promise<string[]> {
  const entries = await readdir(importedFolder(dataDir), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((e) => e.isDirectory() && !e.name.startsWith('.'))
    .map((e) => e.name)
    .sort();
}

const broken = (file: string, why: string) => badInput(`${file}: expected what was imported, got ${why}; import it again`);

/** The header of an imported dataset whose files have the sizes that it says. @throws `bad-input` naming the file */
export async function readHeader(dataDir: string, name: string): Promise<Header> {
  const folder = path.join(importedFolder(dataDir), name);
  const file = fileOf(folder, 'header');
  const header = parseHeader(file, await readFile(file, 'utf8').catch(() => ''));
  const count = splits.reduce((n, s) => n + header.counts[s], 0);
  const sizes: Record<ArrayName, number> = { x: count * sizeOf(header.shape) * bytesOf[header.dtype], labels: count, split: count };
  for (const [array, bytes] of Object.entries(sizes) as [ArrayName, number][]) {
    const found = (await stat(fileOf(folder, array)).catch(() => null))?.size ?? 0;
    if (found !== bytes) throw broken(fileOf(folder, array), `${found} bytes in place of ${bytes}`);
  }
  return header;
}

async function readChecked(file: string, checksum: string): Promise<Uint8Array> {
  const bytes = await readFile(file);
  if (createHash('sha256').update(bytes).digest('hex') !== checksum) throw broken(file, 'a file that was changed since');
  return bytes;
}

/** Reads one split. Samples are read when they are gathered, and their file's checksum is taken then. @throws `bad-input` naming the file */
export async function readImported(dataDir: string, name: string, split: Split): Promise<Pool> {
  const folder = path.join(importedFolder(dataDir), name);
  const { shape, dtype, classNames, checksums } = await readHeader(dataDir, name);
  const [labels, belongs] = await Promise.all(
    (['labels', 'split'] as const).map((array) => readChecked(fileOf(folder, array), checksums[array])),
  );
  /** of this split, in the file */
  const rows: number[] = [];
  belongs.forEach((s, row) => s === splits.indexOf(split) && rows.push(row));
  const inputs = sizeOf(shape);
  return {
    count: rows.length,
    shape,
    classes: classNames.length,
    labels: Uint8Array.from(rows, (row) => labels[row]),
    async gather(ids) {
      const file = fileOf(folder, 'x');
      const hash = createHash('sha256');
      await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
      if (hash.digest('hex') !== checksums.x) throw broken(file, 'a file that was changed since');
      const x = new Float32Array(ids.length * inputs);
      const bytes = Buffer.alloc(inputs * bytesOf[dtype]);
      const sample = dtype === 'uint8' ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, inputs);
      const scale = dtype === 'uint8' ? 255 : 1;
      const handle = await open(file);
      try {
        for (const [i, id] of ids.entries()) {
          await handle.read(bytes, 0, bytes.length, rows[id] * bytes.length);
          for (let j = 0; j < inputs; j++) x[i * inputs + j] = sample[j] / scale;
        }
      } finally {
        await handle.close();
      }
      return x;
    },
  };
}
