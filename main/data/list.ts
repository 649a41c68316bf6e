// Which datasets are here, and how to get the others.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetInfo } from '../contract/datasets.ts';
import { KernelscopeError } from '../contract/errors.ts';
import { splits, type Split } from '../contract/results.ts';
import { cifar10Folder, cifarFiles, record } from './cifar10.ts';
import { hasIdx } from './idx.ts';
import { importedNames, readHeader } from './import/read.ts';
import { importedFolder } from './import/stored.ts';
import { mnistFiles, type MnistFile } from './mnist.ts';

export interface DatasetReport {
  name: string;
  present: boolean;
  /** what is here, or how the command line gets it */
  detail: string;
  kind: DatasetInfo['kind'];
  /** what it is, in a sentence */
  about: string;
  /** why it cannot be used, in a line; null where it can */
  problem: string | null;
  counts: Record<Split, number> | null;
  folder: string | null;
  /** of its files */
  bytes: number;
}

const abouts = {
  digits: 'Generated handwriting: ten digits as strokes with jitter, shear, shift and noise. It needs no files.',
  mnist: 'Handwritten digits, 28 × 28 pixels in grey (LeCun, Cortes, Burges).',
  cifar10: 'Photographs of ten kinds of things, 32 × 32 pixels in colour (Krizhevsky 2009).',
};
/** Bytes of the files in a folder. */
async function bytesIn(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  const sizes = await Promise.all(
    names.map((n) =>
      stat(path.join(dir, n)).then(
        (s) => (s.isFile() ? s.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, n) => sum + n, 0);
}

async function listMnist(dataDir: string): Promise<DatasetReport> {
  const dir = path.join(dataDir, 'mnist');
  const missing: string[] = [];
  for (const file of Object.keys(mnistFiles) as MnistFile[]) if (!(await hasIdx(dir, file))) missing.push(file);
  const present = missing.length === 0;
  return {
    name: 'mnist',
    kind: 'fetched',
    about: abouts.mnist,
    present,
    problem: present ? null : missing.length === 4 ? 'not here yet' : `not complete: ${missing.join(', ')} missing`,
    counts: present ? { train: 60_000, test: 10_000 } : null,
    folder: dir,
    bytes: await bytesIn(dir),
    detail: present ? `60000 + 10000 samples in ${dir}` : `not in ${dir}: ${missing.join(', ')}; \`data fetch mnist\` gets it`,
  };
}

/** Samples by the sizes of the files; what is in them is checked when they are read. */
async function listCifar10(dataDir: string): Promise<DatasetReport> {
  const dir = path.join(dataDir, cifar10Folder);
  const sizes = async (names: readonly string[]) =>
    Promise.all(names.map(async (name) => ({ name, bytes: (await stat(path.join(dir, name)).catch(() => null))?.size ?? null })));
  const [train, test] = [await sizes(cifarFiles.train), await sizes(cifarFiles.test)];
  const broken = [...train, ...test].find(({ bytes }) => bytes !== null && (bytes === 0 || bytes % record !== 0));
  const counts = [train, test].map((files) => files.reduce((n, { bytes }) => n + (bytes ?? 0) / record, 0));
  const bytes = await bytesIn(dir);
  const told = (detail: string, problem: string | null): DatasetReport => ({
    name: 'cifar10',
    present: problem === null,
    detail,
    kind: 'fetched',
    about: abouts.cifar10,
    problem,
    counts: problem === null ? { train: counts[0], test: counts[1] } : null,
    folder: dir,
    bytes,
  });
  if (broken) {
    const why = `${path.join(dir, broken.name)}: expected a multiple of ${record} bytes, got ${broken.bytes}`;
    return told(why, why);
  }
  const missing = [...train, ...test].filter(({ bytes }) => bytes === null).map(({ name }) => name);
  if (counts.includes(0))
    return told(
      `not in ${dir}: ${missing.join(', ')}; \`data fetch cifar10\` gets it`,
      missing.length === 6 ? 'not here yet' : `not complete: ${missing.join(', ')} missing`,
    );
  return told(`${counts.join(' + ')} samples in ${dir}${missing.length ? `; without ${missing.join(', ')}` : ''}`, null);
}

async function listImported(dataDir: string, name: string): Promise<DatasetReport> {
  const folder = path.join(importedFolder(dataDir), name);
  const same = { name, kind: 'imported', folder, bytes: await bytesIn(folder) } as const;
  try {
    const { counts, shape, classNames, dtype, split } = await readHeader(dataDir, name);
    const what = `${splits.map((s) => counts[s]).join(' + ')} samples of ${shape.join(' × ')}, ${classNames.length} classes`;
    const values = dtype === 'uint8' ? 'pixels' : 'numbers';
    const drawn = split.kind === 'own' ? 'with test samples of its own' : `a fifth drawn as test samples by seed ${split.seed}`;
    const about = `Imported: ${shape.join(' × ')} ${values}, ${drawn}.`;
    return { ...same, present: true, detail: `imported: ${what}, in ${folder}`, about, problem: null, counts };
  } catch (error) {
    if (!(error instanceof KernelscopeError)) throw error;
    return { ...same, present: false, detail: error.message, about: 'Imported.', problem: error.message, counts: null };
  }
}

/** Every dataset, whether it can be used, and where it lies or how to get it. */
export async function listDatasets(dataDir: string): Promise<DatasetReport[]> {
  return [
    {
      name: 'digits',
      present: true,
      detail: 'generated, any number of samples',
      kind: 'generated',
      about: abouts.digits,
      problem: null,
      counts: null,
      folder: null,
      bytes: 0,
    },
    await listMnist(dataDir),
    await listCifar10(dataDir),
    ...(await Promise.all((await importedNames(dataDir)).map((name) => listImported(dataDir, name)))),
  ];
}
