// Where the samples of a named dataset come from.
import { badInput } from '../contract/errors.ts';
import type { Split } from '../contract/results.ts';
import { readCifar10 } from './cifar10.ts';
import { importedNames, readImported } from './import/read.ts';
import { readMnist } from './mnist.ts';
import type { Pool } from './pool.ts';

/** @throws `bad-input` with the accepted names for an unknown one */
export async function reader(name: string, dataDir: string): Promise<(split: Split) => Promise<Pool>> {
  if (name === 'mnist') return (split) => readMnist(dataDir, split);
  if (name === 'cifar10') return (split) => readCifar10(dataDir, split);
  const imported = await importedNames(dataDir);
  if (imported.includes(name)) return (split) => readImported(dataDir, name, split);
  throw badInput(`data.dataset: expected ${['mnist', 'cifar10', 'digits', ...imported].join(' | ')}, got ${JSON.stringify(name)}`);
}
