// Imports a dataset: finds out what it is, writes it to a folder beside its place, and gives that its name when all of it is there.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { KernelscopeError, badInput } from '../../contract/errors.ts';
import { splits, type Split } from '../../contract/results.ts';
import { createGenerator } from '../../devices/random.ts';
import { openArrays, type ImportedArrays } from './arrays-source.ts';
import { isCifar, openCifar } from './cifar-source.ts';
import { disk, packedFiles, type Packed } from './files.ts';
import { isIdx, openIdx } from './idx-source.ts';
import { openImages } from './images-source.ts';
import { openNpz } from './npz-source.ts';
import { type Refuse, type Source } from './source.ts';
import { checkName, fileOf, importedFolder, type ArrayName, type Dtype, type Header } from './stored.ts';

export type { ImportedArray, ImportedArrays } from './arrays-source.ts';
export type { Packed } from './files.ts';

export interface ImportOptions {
  dataDir: string;
  name: string;
  /** a folder or an NPZ; for arrays and uploaded files, what they are called in messages */
  from: string;
  /** files that were uploaded, in place of those at `from` */
  packed?: Packed;
  arrays?: ImportedArrays;
  /** of the split, where it has none of its own */
  seed: number;
  signal?: AbortSignal;
  onProgress?(share: number): void;
}

export interface ImportReport {
  name: string;
  kind: Source['kind'];
  from: string;
  folder: string;
  shape: number[];
  dtype: Dtype;
  classes: { name: string; train: number; test: number }[];
  counts: Record<Split, number>;
  split: Header['split'];
  /** what was left out */
  refused: { file: string; reason: string }[];
}

const testShare = 0.2;

async function openSource(o: ImportOptions, refuse: Refuse): Promise<Source> {
  if (o.arrays) return openArrays(o.from, o.arrays);
  const { packed } = o;
  const npz = packed?.files.length === 1 && /\.npz$/i.test(packed.files[0].name);
  if (npz) return openNpz(packed.file, packed.files[0].name);
  if (!packed && !(await stat(o.from)).isDirectory()) return openNpz(o.from, o.from);
  const files = packed ? packedFiles(o.from, packed) : disk;
  const entries = await files.list(o.from);
  const names = entries.filter((e) => !e.isDirectory()).map((e) => e.name);
  if (names.some(isIdx)) return openIdx(o.from, names, files);
  if (names.some(isCifar)) return openCifar(o.from, names, refuse, files);
  if (entries.some((e) => e.isDirectory()))
    return openImages(o.from, refuse, { files, ...(o.signal && { signal: o.signal }), onLook: (share) => o.onProgress?.(share / 2) });
  throw badInput(
    `${o.from}: expected IDX files (…images-idx3-ubyte and their labels), CIFAR-10’s .bin files, ${packed ? 'one NPZ, ' : ''}or a folder ` +
      `for each class with PNG or JPEG images, got ${names.slice(0, 5).join(', ') || 'an empty folder'}`,
  );
}

/** Draws the test samples of n: a fifth of them, one at least. */
export function drawSplit(n: number, seed: number): Uint8Array {
  const belongs = new Uint8Array(n);
  const test = createGenerator(seed, 'import split')
    .permutation(n)
    .slice(0, Math.max(1, Math.round(testShare * n)));
  for (const row of test) belongs[row] = 1;
  return belongs;
}

/** Writes x.bin; answers label and split of each sample. */
async function writeSamples(file: string, source: Source, hash: ReturnType<typeof createHash>, o: ImportOptions) {
  const labels: number[] = [];
  const belongs: number[] = [];
  const handle = await open(file, 'wx');
  let block: Buffer[] = [];
  let held = 0;
  const flush = async () => {
    const bytes = Buffer.concat(block);
    [block, held] = [[], 0];
    hash.update(bytes);
    await handle.writeFile(bytes);
    o.onProgress?.((source.kind === 'images' ? 0.5 : 0) + ((source.kind === 'images' ? 0.5 : 1) * labels.length) / source.count);
    await setImmediate();
    o.signal?.throwIfAborted();
  };
  try {
    for await (const { x, label, split } of source.samples()) {
      block.push(Buffer.from(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))); // a copy: the source may use x again
      labels.push(label);
      belongs.push(splits.indexOf(split));
      if ((held += x.byteLength) > 1 << 20) await flush();
    }
    await flush();
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { labels, belongs };
}

/** Everything of a dataset into `folder`. */
async function write(folder: string, source: Source, o: ImportOptions): Promise<Omit<ImportReport, 'folder' | 'refused'>> {
  const hash = createHash('sha256');
  const made = await writeSamples(fileOf(folder, 'x'), source, hash, o);
  const n = made.labels.length;
  const drawn = !source.ownTest;
  if (n < 2) throw badInput(`${o.from}: expected 2 samples at least, got ${n}`);
  const belongs = drawn ? drawSplit(n, o.seed) : Uint8Array.from(made.belongs);
  // Classes of which nothing came through would be outputs that nothing trains.
  const seen = new Set(made.labels);
  const present = source.classNames.map((_, c) => c).filter((c) => seen.has(c));
  if (present.length < 2) throw badInput(`${o.from}: expected samples of 2 classes at least, got ${present.length}`);
  const place = new Map(present.map((c, i) => [c, i]));
  const labels = Uint8Array.from(made.labels, (c) => place.get(c) as number);
  const classes = present.map((c) => ({ name: source.classNames[c], train: 0, test: 0 }));
  labels.forEach((label, row) => classes[label][splits[belongs[row]]]++);
  const total = (split: Split) => classes.reduce((sum, c) => sum + c[split], 0);
  const counts = { train: total('train'), test: total('test') };
  const empty = splits.find((split) => counts[split] === 0);
  if (empty) throw badInput(`${o.from}: expected ${empty} samples, got none that can be used`);

  const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const checksums: Record<ArrayName, string> = { x: hash.digest('hex'), labels: sum(labels), split: sum(belongs) };
  const split: Header['split'] = drawn ? { kind: 'drawn', seed: o.seed } : { kind: 'own' };
  const { shape, dtype, kind } = source;
  const classNames = classes.map((c) => c.name);
  const header: Header = { version: 1, name: o.name, shape, dtype, classNames, counts, split, checksums };
  await writeFile(fileOf(folder, 'labels'), labels, { flush: true });
  await writeFile(fileOf(folder, 'split'), belongs, { flush: true });
  await writeFile(fileOf(folder, 'header'), `${JSON.stringify(header, null, 2)}\n`, { flush: true });
  return { name: o.name, kind, from: o.from, shape, dtype, classes, counts, split };
}

/** Imports a dataset under a name. @throws `bad-input` for a name that is taken and for what cannot be imported, `failed` where it cannot be
 *  written, `cancelled` leaving nothing */
export async function importDataset(o: ImportOptions): Promise<ImportReport> {
  checkName(o.name);
  const home = importedFolder(o.dataDir);
  const folder = path.join(home, o.name);
  const taken = () => badInput(`--name: expected a name that is not taken, got ${o.name}; it is ${folder}`);
  if (await stat(folder).catch(() => null)) throw taken();
  const refused: ImportReport['refused'] = [];
  let part: string | null = null;
  try {
    const source = await openSource(o, (file, reason) => refused.push({ file, reason }));
    await mkdir(home, { recursive: true });
    part = await mkdtemp(path.join(home, `.${o.name}-`));
    const report = await write(part, source, o);
    await rename(part, folder);
    return { ...report, folder, refused };
  } catch (error) {
    if (part) await rm(part, { recursive: true, force: true });
    if (o.signal?.aborted) throw new KernelscopeError('cancelled', `cancelled; nothing was imported`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw taken(); // another import was faster
    if (['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE'].includes(code ?? ''))
      throw new KernelscopeError('failed', `${o.name}: could not be imported: ${message}`);
    throw error;
  }
}
