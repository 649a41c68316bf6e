// A folder of CIFAR-10's binary layout: data_batch_1 … 5.bin and test_batch.bin. A file that is broken is left out.
import path from 'node:path';
import { KernelscopeError, badInput } from '../../contract/errors.ts';
import { splits, type Split } from '../../contract/results.ts';
import { cifarFiles, cifarShape, pixelsOf, readCifarFile, record } from '../cifar10.ts';
import { disk, type Files } from './files.ts';
import type { Refuse, Sample, Source } from './source.ts';

export const isCifar = (name: string): boolean => name.endsWith('.bin');

/** The ten names of batches.meta.txt, or the labels. */
async function classNamesIn(dir: string, from: Files): Promise<string[]> {
  const text = await from.read(path.join(dir, 'batches.meta.txt')).then(
    (bytes) => Buffer.from(bytes).toString(),
    () => '',
  );
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return names.length === 10 && new Set(names).size === 10 ? names : Array.from({ length: 10 }, (_, i) => `${i}`);
}

/** @throws `bad-input` where no training file is left */
export async function openCifar(dir: string, names: readonly string[], refuse: Refuse, from = disk): Promise<Source> {
  const all = splits.flatMap((split) => cifarFiles[split].map((name) => ({ split, name })));
  for (const name of names)
    if (isCifar(name) && !all.some((f) => f.name === name))
      refuse(path.join(dir, name), 'expected CIFAR-10’s data_batch_1 … 5.bin or test_batch.bin');
  const files: { split: Split; bytes: Uint8Array }[] = [];
  const reasons: string[] = [];
  for (const { split, name } of all) {
    const file = path.join(dir, name);
    try {
      const bytes = await readCifarFile(file, from.read);
      if (bytes) files.push({ split, bytes });
    } catch (error) {
      if (!(error instanceof KernelscopeError)) throw error;
      const reason = error.message.replace(`${file}: `, '');
      reasons.push(`${name}: ${reason}`);
      refuse(file, reason);
    }
  }
  if (!files.some((f) => f.split === 'train'))
    throw badInput(`${dir}: expected data_batch_1.bin … data_batch_5.bin, or some of them, got ${reasons.join('; ') || 'none'}`);
  return {
    kind: 'cifar',
    shape: [...cifarShape],
    dtype: 'uint8',
    classNames: await classNamesIn(dir, from),
    ownTest: files.some((f) => f.split === 'test'),
    count: files.reduce((n, f) => n + f.bytes.length / record, 0),
    *samples(): Generator<Sample, void, void> {
      const x = new Uint8Array(record - 1);
      for (const { split, bytes } of files)
        for (let at = 0; at < bytes.length; at += record) {
          pixelsOf(bytes, at, x, 0);
          yield { x, label: bytes[at], split };
        }
    },
  };
}
