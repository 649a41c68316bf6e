// Which datasets are here, and how to get the others.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { KernelscopeError } from '../contract/errors.ts';
import { cifar10Folder, cifarFiles, record } from './cifar10.ts';
import { hasIdx } from './idx.ts';
import { importedNames, readHeader } from './import/read.ts';
import { importedFolder } from './import/stored.ts';
import { mnistFiles, type MnistFile } from './mnist.ts';

export interface DatasetReport {
  name: string;
  present: boolean;
  detail: string;
}

async function listMnist(dataDir: string): Promise<DatasetReport> {
  const dir = path.join(dataDir, 'mnist');
  const missing: string[] = [];
  for (const file of Object.keys(mnistFiles) as MnistFile[]) if (!(await hasIdx(dir, file))) missing.push(file);
  const present = missing.length === 0;
  return {
    name: 'mnist',
    present,
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
  const told = (detail: string, present = false): DatasetReport => ({ name: 'cifar10', present, detail });
  if (broken) return told(`${path.join(dir, broken.name)}: expected a multiple of ${record} bytes, got ${broken.bytes}`);
  const counts = [train, test].map((files) => files.reduce((n, { bytes }) => n + (bytes ?? 0) / record, 0));
  const missing = [...train, ...test].filter(({ bytes }) => bytes === null).map(({ name }) => name);
  if (counts.includes(0)) return told(`not in ${dir}: ${missing.join(', ')}; \`data fetch cifar10\` gets it`);
  return told(`${counts.join(' + ')} samples in ${dir}${missing.length ? `; without ${missing.join(', ')}` : ''}`, true);
}

async function listImported(dataDir: string, name: string): Promise<DatasetReport> {
  const folder = path.join(importedFolder(dataDir), name);
  try {
    const { counts, shape, classNames } = await readHeader(dataDir, name);
    const what = `${counts.train} + ${counts.test} samples of ${shape.join(' × ')}, ${classNames.length} classes`;
    return { name, present: true, detail: `imported: ${what}, in ${folder}` };
  } catch (error) {
    if (!(error instanceof KernelscopeError)) throw error;
    return { name, present: false, detail: error.message };
  }
}

/** Every dataset, whether it can be used, and where it lies or how to get it. */
export async function listDatasets(dataDir: string): Promise<DatasetReport[]> {
  return [
    { name: 'digits', present: true, detail: 'generated, any number of samples' },
    await listMnist(dataDir),
    await listCifar10(dataDir),
    ...(await Promise.all((await importedNames(dataDir)).map((name) => listImported(dataDir, name)))),
  ];
}
