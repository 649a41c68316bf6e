// Imports a dataset in a process of its own: decoding thousands of images, or looking at every number of an array, holds up nobody.
import { KernelscopeError } from '../../contract/errors.ts';
import { importDataset } from '../../data/index.ts';
import type { Job } from '../worker.ts';

export const importing: Job<'import'> = async (input, { signal, tell }) => {
  let said = 0;
  const onProgress = (done: number) => {
    if (Date.now() - said < 100 && done < 1) return;
    said = Date.now();
    tell({ kind: 'share', done });
  };
  try {
    return await importDataset({ ...input, signal, onProgress });
  } catch (error) {
    // What the system refuses (a folder that may not be read) is for the person.
    if (error instanceof Error && 'syscall' in error) throw new KernelscopeError('failed', `${input.name}: ${error.message}`);
    throw error;
  }
};
