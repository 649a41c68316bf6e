// Shape of the samples of a dataset by its name, without reading any of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { badInput } from '../contract/errors.ts';
import { fileOf, importedFolder, parseHeader } from './import/stored.ts';

export interface SampleShape {
  /** [height, width, channels], or [D] */
  shape: readonly number[];
  classes: number;
}

const builtIn: Record<string, SampleShape> = {
  mnist: { shape: [28, 28, 1], classes: 10 },
  cifar10: { shape: [32, 32, 3], classes: 10 },
  digits: { shape: [28, 28, 1], classes: 10 },
};

/** @throws `bad-input` for a name that is neither built in nor imported */
export function sampleShape(dataDir: string, name: string): SampleShape {
  if (Object.hasOwn(builtIn, name)) return builtIn[name];
  const file = fileOf(path.join(importedFolder(dataDir), name), 'header');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw badInput(`data.dataset: expected ${Object.keys(builtIn).join(' | ')} or an imported dataset, got ${JSON.stringify(name)}`);
  }
  const { shape, classNames } = parseHeader(file, text);
  return { shape, classes: classNames.length };
}
