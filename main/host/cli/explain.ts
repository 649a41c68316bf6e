// The file system's errors in words for a person.
import { badInput, KernelscopeError } from '../../contract/errors.ts';

const words: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'expected a file, got a folder',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EEXIST: 'is there already',
  ENAMETOOLONG: 'this path is too long',
  EROFS: 'the disk can only be read',
  ELOOP: 'symbolic links lead in a circle',
};

/** An error of ours where a person can act on `error`; anything else as it is. */
export function inWords(error: unknown): unknown {
  if (error instanceof KernelscopeError || !(error instanceof Error)) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new KernelscopeError('failed', `${path ?? 'disk'}: no space left`);
  if (code !== undefined && path !== undefined && Object.hasOwn(words, code)) return badInput(`${path}: ${words[code]}`);
  return error;
}
