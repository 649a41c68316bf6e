// A folder of IDX pairs, as MNIST and its relatives come: …images-idx3-ubyte with …labels-idx1-ubyte, gzipped or not.
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import { splits, type Split } from '../../contract/results.ts';
import { readIdx } from '../idx.ts';
import { disk, type Files } from './files.ts';
import { classesOf, type Sample, type Source } from './source.ts';
import { shapeProblem } from './stored.ts';

const pattern = /^(.*)images([-.]idx)3([-.]ubyte)(\.gz)?$/;
export const isIdx = (name: string): boolean => pattern.test(name);

async function readPair(dir: string, images: string, names: readonly string[], files: Files) {
  const labels = images.replace(pattern, '$1labels$21$3');
  if (!names.includes(labels) && !names.includes(`${labels}.gz`))
    throw badInput(`${path.join(dir, labels)}[.gz]: expected the labels of ${images}, found none`);
  const [x, y] = [await readIdx(dir, images, 3, files.read), await readIdx(dir, labels, 1, files.read)];
  const [count, height, width] = x.shape;
  const problem = shapeProblem([height, width, 1]);
  if (problem) throw badInput(`${path.join(dir, images)}: ${problem}`);
  if (y.shape[0] !== count) throw badInput(`${path.join(dir, labels)}: expected ${count} labels (one for each image), got ${y.shape[0]}`);
  return { file: path.join(dir, images), shape: [height, width, 1], count, pixels: x.data, labels: y.data };
}

/** @throws `bad-input` naming the file that is missing, cut or does not fit the others */
export async function openIdx(dir: string, names: readonly string[], files = disk): Promise<Source> {
  const pairs = new Map<Split, Awaited<ReturnType<typeof readPair>>>();
  for (const images of new Set(names.filter(isIdx).map((name) => name.replace(/\.gz$/, '')))) {
    const split = /t10k|test/i.test(images) ? 'test' : 'train';
    const other = pairs.get(split);
    if (other) throw badInput(`${path.join(dir, images)}: expected one pair of ${split} files, got also ${path.basename(other.file)}`);
    pairs.set(split, await readPair(dir, images, names, files));
  }
  const train = pairs.get('train');
  const test = pairs.get('test');
  if (!train) throw badInput(`${dir}: expected a pair of training files, got only ${path.basename(test?.file ?? '')}`);
  if (test && test.shape.join() !== train.shape.join())
    throw badInput(`${test.file}: expected images of ${train.shape.slice(0, 2).join(' × ')}, got ${test.shape.slice(0, 2).join(' × ')}`);
  const { classNames, place } = classesOf(dir, [...train.labels, ...(test?.labels ?? [])]);
  const inputs = train.shape[0] * train.shape[1];
  return {
    kind: 'idx',
    shape: train.shape,
    dtype: 'uint8',
    classNames,
    ownTest: test !== undefined,
    count: train.count + (test?.count ?? 0),
    *samples(): Generator<Sample, void, void> {
      for (const split of splits) {
        const pair = pairs.get(split);
        for (let i = 0; pair && i < pair.count; i++)
          yield { x: pair.pixels.subarray(i * inputs, (i + 1) * inputs), label: place.get(pair.labels[i]) as number, split };
      }
    },
  };
}
