// A look into a dataset: how many samples of each class, a few of them as pictures, what its files hash to.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { defaultConfig } from '../contract/config.ts';
import type { DatasetPreview } from '../contract/datasets.ts';
import { splits } from '../contract/results.ts';
import { generateDigits, side } from './digits.ts';
import { cifar10Folder, cifarFiles } from './cifar10.ts';
import { importedNames, readHeader } from './import/read.ts';
import { mnistFiles } from './mnist.ts';
import type { Pool } from './pool.ts';
import { reader } from './pools.ts';

const tens = Array.from({ length: 10 }, (_, i) => `${i}`);
const cifarNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Bytes of values, from the least to the greatest where they do not lie in [0, 1]. */
function toBytes(x: Float32Array): Uint8Array {
  let [least, most] = [0, 1];
  for (const v of x) [least, most] = [Math.min(least, v), Math.max(most, v)];
  return Uint8Array.from(x, (v) => Math.round((255 * (v - least)) / (most - least)));
}

/** The first samples of each class, by class. */
function firstOf(labels: Uint8Array, classes: number, perClass: number): Int32Array {
  const taken = new Array<number>(classes).fill(0);
  return Int32Array.from([...labels.keys()].filter((i) => taken[labels[i]]++ < perClass));
}

async function digits(perClass: number): Promise<DatasetPreview> {
  const { x, labels } = await generateDigits(defaultConfig().data, 'train', 10 * perClass, 0);
  const pixels = toBytes(x);
  const size = side * side;
  const samples = [...labels.keys()].map((i) => ({ label: labels[i], id: i, pixels: pixels.slice(i * size, (i + 1) * size) }));
  return { dataset: 'digits', classes: null, hash: null, shape: [side, side, 1], samples: sorted(samples), names: tens };
}

const sorted = (samples: DatasetPreview['samples']) => samples.sort((a, b) => a.label - b.label || a.id - b.id);

async function namesOf(dataDir: string, name: string): Promise<string[]> {
  if (name === 'mnist') return tens;
  return name === 'cifar10' ? cifarNames : (await readHeader(dataDir, name)).classNames;
}

/** SHA-256 of the files that are there, one after the other in their order; of an imported dataset that of its samples. */
async function hashOf(dataDir: string, name: string): Promise<string> {
  if ((await importedNames(dataDir)).includes(name)) return (await readHeader(dataDir, name)).checksums.x;
  const hash = createHash('sha256');
  for (const file of await filesOf(dataDir, name)) await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { end: false });
  return hash.digest('hex');
}

/** Files of a fetched dataset that are there. */
export async function filesOf(dataDir: string, name: string): Promise<string[]> {
  const wanted =
    name === 'mnist'
      ? Object.keys(mnistFiles).flatMap((f) => [f, `${f}.gz`].map((n) => path.join(dataDir, 'mnist', n)))
      : splits.flatMap((split) => cifarFiles[split]).map((n) => path.join(dataDir, cifar10Folder, n));
  const there = await Promise.all(
    wanted.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return wanted.filter((_, i) => there[i]);
}

/** @throws `bad-input` for an unknown name and for files that are missing or broken */
export async function previewDataset(dataDir: string, name: string, perClass: number): Promise<DatasetPreview> {
  if (name === 'digits') return digits(perClass);
  const read = await reader(name, dataDir);
  const pools: Pool[] = [];
  for (const split of splits) pools.push(await read(split));
  const [train, test] = pools;
  const names = await namesOf(dataDir, name);
  const count = (pool: Pool, label: number) => pool.labels.reduce((n, l) => n + Number(l === label), 0);
  const classes = names.map((n, label) => ({ name: n, train: count(train, label), test: count(test, label) }));
  const ids = firstOf(train.labels, train.classes, perClass);
  const pictures = train.shape.length === 3 && (train.shape[2] === 1 || train.shape[2] === 3);
  const size = train.shape.reduce((n, d) => n * d, 1);
  const pixels = pictures ? toBytes(await train.gather(ids)) : null;
  const samples = pixels ? [...ids].map((id, i) => ({ label: train.labels[id], id, pixels: pixels.slice(i * size, (i + 1) * size) })) : [];
  const shape = pictures ? ([...train.shape] as [number, number, number]) : null;
  return { dataset: name, classes, hash: await hashOf(dataDir, name), shape, samples: sorted(samples), names };
}
