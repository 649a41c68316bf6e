// Opening what the system hands over (a double click, a second start, the dock) or a person chooses: bundles are imported, libraries opened.
import { app, dialog, type BrowserWindow } from 'electron';
import { statSync } from 'node:fs';
import path from 'node:path';
import { bundleExtension } from '../main/contract/bundles.ts';
import { badInput, KernelscopeError } from '../main/contract/errors.ts';
import { lookAt, type Libraries } from './libraries.ts';
import type { PageLink } from './page-link.ts';
import type { Windows } from './windows.ts';
import type { Workplace } from './workplace.ts';

export interface OpenOptions {
  workplace: Workplace;
  windows: Windows;
  link: PageLink;
  libraries: Libraries;
  /** names of the runs under way */
  underWay(): Promise<string[]>;
  /** Called when another library is open. */
  changed(): Promise<void>;
  log(line: string): void;
}
export interface Opener {
  /** Opens these one after the other; what cannot be opened is said in one line each. */
  open(paths: readonly string[]): Promise<void>;
  /** Opens the library in a folder. */
  openLibrary(dir: string): Promise<void>;
  /** Asks for a folder. */
  chooseLibrary(): Promise<void>;
  /** Asks for bundles. */
  chooseBundles(): Promise<void>;
}

/** @throws KernelscopeError `bad-input` in one line for what is no bundle by its place and name; what is in it the import looks at */
export function checkBundle(file: string): string {
  const refuse = (what: string) => badInput(`${file}: expected a bundle of runs (${bundleExtension}), ${what}`);
  if (!path.isAbsolute(file) || file.includes('\0')) throw refuse('got no whole path');
  if (!file.toLowerCase().endsWith(bundleExtension)) throw refuse(`got “${path.basename(file)}”`);
  let found;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw refuse(`which cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!found) throw refuse('there is no such file');
  if (!found.isFile()) throw refuse('got a folder');
  return file;
}

export function createOpener(o: OpenOptions): Opener {
  const { workplace, windows, link } = o;
  const ask = <Q, A>(
    over: (window: BrowserWindow, question: Q) => Promise<A>,
    alone: (question: Q) => Promise<A>,
    question: Q,
  ): Promise<A> => {
    const window = windows.front();
    return window ? over(window, question) : alone(question);
  };
  const say = (options: Electron.MessageBoxOptions) =>
    ask<Electron.MessageBoxOptions, Electron.MessageBoxReturnValue>(
      (w, q) => dialog.showMessageBox(w, q),
      (q) => dialog.showMessageBox(q),
      options,
    );
  const choose = (options: Electron.OpenDialogOptions) =>
    ask<Electron.OpenDialogOptions, Electron.OpenDialogReturnValue>(
      (w, q) => dialog.showOpenDialog(w, q),
      (q) => dialog.showOpenDialog(q),
      options,
    );
  /** In one line, where the page says what failed; what nobody foresaw also in the log. */
  const refused = (error: unknown) => {
    if (!(error instanceof KernelscopeError)) o.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    link.send({ failed: (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 2000) });
  };

  const importBundle = async (file: string) => {
    checkBundle(file);
    windows.show();
    // The page tells of an import as long as it watches it begin.
    await link.listening();
    if (process.platform === 'darwin' || process.platform === 'win32') app.addRecentDocument(file);
    // Its end is told by the task.
    await workplace.now.services.openBundle({ file, what: path.basename(file) }).catch((error: unknown) => {
      if (!(error instanceof KernelscopeError)) throw error;
    });
  };
  /** Whether a library may be left, and one be made where there is none. */
  const mayChange = async (dir: string, state: 'library' | 'empty'): Promise<boolean> => {
    if (state === 'empty') {
      const { response } = await say({
        type: 'question',
        message: `Make a new library in “${path.basename(dir)}”?`,
        detail: `${dir} is empty.`,
        buttons: ['Make a Library', 'Cancel'],
        defaultId: 0,
        cancelId: 1,
      });
      if (response !== 0) return false;
    }
    const names = await o.underWay();
    if (names.length === 0) return true;
    const { response } = await say({
      type: 'question',
      message: names.length === 1 ? `“${names[0]}” is under way.` : `${names.length} runs are under way.`,
      detail: 'Another library stops them. What was done is kept, and they can be resumed from their last checkpoint.',
      buttons: ['Stop and Open', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    });
    return response === 0;
  };
  const openLibrary = async (asked: string) => {
    const { dir, state } = lookAt(asked);
    if (dir === lookAt(workplace.now.library).dir) return void windows.show();
    if (!(await mayChange(dir, state))) return;
    await workplace.open(dir);
    o.libraries.opened(dir, true);
    await o.changed();
    windows.show();
  };

  let last: Promise<void> = Promise.resolve();
  const inOrder = (work: () => Promise<void>): Promise<void> => (last = last.then(work).catch(refused));
  const open = async (paths: readonly string[]): Promise<void> => {
    await Promise.all(paths.map((file) => inOrder(() => (isFolder(file) ? openLibrary(file) : importBundle(file)))));
  };
  return {
    open,
    openLibrary: (dir) => inOrder(() => openLibrary(dir)),
    async chooseLibrary() {
      const answer = await choose({
        title: 'Open Library',
        defaultPath: path.dirname(workplace.now.library),
        buttonLabel: 'Open Library',
        properties: ['openDirectory', 'createDirectory'],
      });
      const [dir] = answer.filePaths;
      if (!answer.canceled && dir) await inOrder(() => openLibrary(dir));
    },
    async chooseBundles() {
      const answer = await choose({
        title: 'Import Runs',
        filters: [{ name: 'Bundle of runs', extensions: [bundleExtension.slice(1)] }],
        properties: ['openFile', 'multiSelections'],
      });
      if (!answer.canceled) await open(answer.filePaths);
    },
  };
}

const isFolder = (file: string): boolean => {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // then it is no bundle either, which is said
  }
};
