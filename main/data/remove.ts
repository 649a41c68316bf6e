// Removes what a dataset has on the disk, and nothing beside it.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../contract/errors.ts';
import { cifar10Archive, cifar10Folder } from './cifar10.ts';
import { importedNames } from './import/read.ts';
import { importedFolder } from './import/stored.ts';
import { filesOf } from './preview.ts';

/** An imported dataset goes with its folder; of a fetched one its own files, where `files` says that they may.
 *  @throws `bad-input` for a name that is not here, and for a fetched one without `files` */
export async function removeDataset(dataDir: string, name: string, { files = false } = {}): Promise<void> {
  if ((await importedNames(dataDir)).includes(name)) return rm(path.join(importedFolder(dataDir), name), { recursive: true });
  if (name !== 'mnist' && name !== 'cifar10') throw badInput(`dataset: expected one that lies here, got ${JSON.stringify(name)}`);
  if (!files) throw badInput(`dataset: ${name} was fetched; its files go only where that is said`);
  const own = await filesOf(dataDir, name);
  const beside = name === 'cifar10' ? ['batches.meta.txt', 'fetched.md5'].map((n) => path.join(dataDir, cifar10Folder, n)) : [];
  const begun = name === 'cifar10' ? [path.join(dataDir, `${cifar10Archive.name}.part`)] : own.map((file) => `${file}.part`);
  for (const file of [...own, ...beside, ...begun]) await rm(file, { force: true });
}
