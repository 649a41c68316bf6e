// Arrays, named by their content: sha-256 of dtype, shape and bytes, so that the same array is stored once. Kept as chunks of at most
// 4 MiB, each with a checksum that is verified whenever it is read.
import type Sqlite from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { KernelscopeError } from '../contract/errors.ts';
import type { NamedArray } from '../contract/results.ts';

export type ArrayData = NamedArray['data'];
export interface StoredArray {
  shape: number[];
  data: ArrayData;
}

const chunkBytes = 4 * 2 ** 20;
const kinds = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const;
export type Dtype = keyof typeof kinds;
/** What an array is, without its values. */
export interface ArrayHead {
  dtype: Dtype;
  shape: number[];
  bytes: number;
}

function dtypeOf(data: ArrayData): Dtype {
  for (const [name, kind] of Object.entries(kinds)) if (data instanceof kind) return name as Dtype;
  throw new TypeError(`no dtype for ${Object.prototype.toString.call(data)}`);
}
/** What names an array: sha-256 of its dtype, its shape and then its bytes, in as many parts as they come. */
export const arrayHash = (dtype: Dtype, shape: readonly number[]) => createHash('sha256').update(`${dtype} ${JSON.stringify(shape)}\n`);

const bytesOf = (data: ArrayData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

interface ArrayRow {
  dtype: Dtype;
  shape: string;
  bytes: number;
}
interface ChunkRow {
  position: number;
  checksum: number;
  data: Uint8Array;
}

export function arraysTable(db: Sqlite.Database) {
  const unfinished = 'SELECT 1 FROM staged_arrays WHERE array = arrays.hash AND complete = 0';
  const has = db.prepare<[string], number>(`SELECT 1 FROM arrays WHERE hash = ? AND NOT EXISTS (${unfinished})`).pluck();
  const removeUnfinished = db.prepare(`DELETE FROM arrays WHERE hash = ? AND EXISTS (${unfinished})`);
  const selectChunk = db.prepare<[string, number], ChunkRow>('SELECT position, checksum, data FROM chunks WHERE hash = ? AND position = ?');
  const insert = db.prepare('INSERT INTO arrays (hash, dtype, shape, bytes) VALUES (?, ?, ?, ?)');
  const insertChunk = db.prepare('INSERT INTO chunks (hash, position, checksum, data) VALUES (?, ?, ?, ?)');
  const select = db.prepare<[string], ArrayRow>('SELECT dtype, shape, bytes FROM arrays WHERE hash = ?');
  const selectChunks = db.prepare<[string], ChunkRow>('SELECT position, checksum, data FROM chunks WHERE hash = ? ORDER BY position');
  const sweep = db.prepare(`
    DELETE FROM arrays WHERE NOT EXISTS (SELECT 1 FROM spectra WHERE eigenvalues = arrays.hash)
      AND NOT EXISTS (SELECT 1 FROM spectra WHERE power = arrays.hash)
      AND NOT EXISTS (SELECT 1 FROM snapshot_weights WHERE array = arrays.hash)
      AND NOT EXISTS (SELECT 1 FROM checkpoint_arrays WHERE array = arrays.hash)
      AND NOT EXISTS (SELECT 1 FROM staged_arrays WHERE array = arrays.hash)
      AND NOT EXISTS (SELECT 1 FROM probe_sets WHERE ids = arrays.hash OR x = arrays.hash OR y = arrays.hash)
      AND arrays.hash IN (SELECT value FROM json_each(?))`);

  const head = (hash: string, what: string): ArrayHead => {
    const row = select.get(hash);
    if (!row) throw damaged(what, `array ${hash.slice(0, 12)} is missing`);
    return { ...row, shape: JSON.parse(row.shape) as number[] };
  };
  const verified = (hash: string, what: string, chunk: ChunkRow): Uint8Array => {
    if (crc32(chunk.data) !== chunk.checksum)
      throw damaged(what, `chunk ${chunk.position} of array ${hash.slice(0, 12)} does not agree with its checksum`);
    return chunk.data;
  };

  return {
    /** Whether it is here, as a whole. */
    has: (hash: string): boolean => has.get(hash) !== undefined,
    head,
    /** The bytes of an array, chunk by chunk, each read when it is asked for. */
    *chunks(hash: string, what: string): Generator<Uint8Array, void, void> {
      const { bytes } = head(hash, what);
      let at = 0;
      for (let position = 0; at < bytes; position++) {
        const chunk = selectChunk.get(hash, position);
        if (!chunk) throw damaged(what, `array ${hash.slice(0, 12)} has ${at} of its ${bytes} bytes`);
        yield verified(hash, what, chunk);
        at += chunk.data.length;
      }
      if (at !== bytes) throw damaged(what, `array ${hash.slice(0, 12)} has ${at} of its ${bytes} bytes`);
    },

    /** Stores an array once; the name it has from then on. `shape` has as many elements as `data`. */
    put(shape: readonly number[], data: ArrayData): string {
      const dtype = dtypeOf(data);
      const size = shape.reduce((p, n) => p * n, 1);
      if (size !== data.length) throw new RangeError(`shape ${JSON.stringify(shape)} has ${size} elements, the data ${data.length}`);
      const bytes = bytesOf(data);
      const hash = arrayHash(dtype, shape).update(bytes).digest('hex');
      if (has.get(hash)) return hash;
      removeUnfinished.run(hash); // which may never arrive as a whole
      insert.run(hash, dtype, JSON.stringify(shape), bytes.length);
      for (let at = 0, position = 0; at < bytes.length; at += chunkBytes, position++) {
        const chunk = bytes.subarray(at, at + chunkBytes);
        insertChunk.run(hash, position, crc32(chunk), chunk);
      }
      return hash;
    },

    /** An array by its name; `what` is named in the error where it is damaged. */
    get(hash: string, what: string): StoredArray {
      const { dtype, shape, bytes: size } = head(hash, what);
      const bytes = new Uint8Array(size);
      let at = 0;
      for (const chunk of selectChunks.iterate(hash)) {
        const data = verified(hash, what, chunk);
        if (at + data.length <= size) bytes.set(data, at);
        at += data.length;
      }
      if (at !== size) throw damaged(what, `array ${hash.slice(0, 12)} has ${at} of its ${size} bytes`);
      return { shape, data: new kinds[dtype](bytes.buffer) };
    },

    /** Removes those of `hashes` that nothing refers to any more. */
    sweep(hashes: Iterable<string>): number {
      return sweep.run(JSON.stringify([...new Set(hashes)])).changes;
    },
  };
}
export type ArraysTable = ReturnType<typeof arraysTable>;

const damaged = (what: string, how: string) => new KernelscopeError('failed', `${what}: damaged in the library: ${how}`);
