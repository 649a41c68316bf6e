// What the app is started with, and what it takes for a library or a bundle.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

vi.mock('electron', () => ({}));
const { flag, pathsHanded, pathsIn, toHand } = await import('../../electron/command-line.ts');
const { isLibrary, lookAt } = await import('../../electron/libraries.ts');
const { checkBundle } = await import('../../electron/open-path.ts');

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
beforeAll(() => {
  mkdirSync(at('library'));
  writeFileSync(at('library/library.sqlite'), `SQLite format 3\0${'x'.repeat(100)}`);
  mkdirSync(at('empty'));
  writeFileSync(at('empty/.hidden'), '');
  mkdirSync(at('folder.kernelscope'));
  writeFileSync(at('runs.kernelscope'), 'PK');
  symlinkSync(at('library'), at('link'));
});

test('flags are read in both spellings, among those of Electron', () => {
  const argv = ['electron', '.', '--no-sandbox', '--library', '/a', '--data=/b', '--user-data-dir=/c'];
  expect([flag(argv, 'library'), flag(argv, 'data'), flag(argv, 'device')]).toEqual(['/a', '/b', null]);
  expect(flag(['electron', '--library', '--data=/b'], 'library')).toBeNull();
  expect(flag(['electron', '--library=', '--libraryx=/y'], 'library')).toBeNull();
});

test('of a command line, bundles and libraries are opened: whole paths, from where it was given', () => {
  const argv = ['electron', '.', '--inspect=0', 'runs.kernelscope', 'library', 'other', '--library', 'library', at('gone.kernelscope')];
  expect(pathsIn(argv, folder)).toEqual([at('runs.kernelscope'), at('library'), at('gone.kernelscope')]);
  expect(pathsHanded(toHand(argv, folder))).toEqual(pathsIn(argv, folder));
});

test('what another instance hands over is looked at before it is believed', () => {
  for (const wrong of [null, undefined, 'x', { paths: 'x' }, { paths: [7] }, { paths: Array(101).fill('/x.kernelscope') }])
    expect(pathsHanded(wrong)).toEqual([]);
  expect(pathsHanded({ paths: ['relative.kernelscope', '/whole.kernelscope'], more: 1 })).toEqual(['/whole.kernelscope']);
});

test('a library is known by its file; an empty folder may become one; all else is refused in one line', () => {
  expect(isLibrary(at('library'))).toBe(true);
  expect(lookAt(at('library'))).toEqual({ dir: at('library'), state: 'library' });
  expect(lookAt(at('link'))).toEqual({ dir: at('library'), state: 'library' });
  expect(lookAt(at('empty'))).toEqual({ dir: at('empty'), state: 'empty' });
  for (const [dir, why] of [
    [folder, 'it holds other files, such as '],
    [at('runs.kernelscope'), 'this is a file'],
    [at('gone'), 'it cannot be read (ENOENT'],
    ['library', 'this is not a whole path'],
  ]) {
    const expected = `${dir}: expected the folder of a library (it holds library.sqlite), or an empty one for a new library; ${why}`;
    expect(() => lookAt(dir)).toThrow(expected);
    expect(() => lookAt(dir)).toThrow(expect.objectContaining({ code: 'bad-input' }) as Error);
  }
});

test('a bundle is a file of that name at a whole path', () => {
  expect(checkBundle(at('runs.kernelscope'))).toBe(at('runs.kernelscope'));
  for (const [file, why] of [
    ['runs.kernelscope', 'got no whole path'],
    [at('library/library.sqlite'), 'got “library.sqlite”'],
    [at('folder.kernelscope'), 'got a folder'],
    [at('gone.kernelscope'), 'there is no such file'],
    [`${at('runs')}\0.kernelscope`, 'got no whole path'],
  ])
    expect(() => checkBundle(file)).toThrow(`${file}: expected a bundle of runs (.kernelscope), ${why}`);
});
