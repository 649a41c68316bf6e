// A zip that is laid out as a release of Electron, small and without Electron: packaging can be checked where the real one cannot be
// downloaded. Its executable only says so; it carries a wire of fuses, so that these are set and read back as in the real one.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openZip } from '../../main/formats/zip-write.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** What marks the place of the fuses in an executable (@electron/fuses). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Format 1, nine fuses, as Electron is delivered: r marks one that was removed. */
const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('101100101')]);
const words = (text: string) => Buffer.from(`${text}\n`);

export const electronVersion = (
  JSON.parse(readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8')) as { version: string }
).version;

/** Writes `electron-v…-linux-x64.zip` into a folder. */
export async function makeStandin(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `electron-v${electronVersion}-linux-x64.zip`);
  const executable = Buffer.concat([words('#!/bin/sh\necho "a stand-in for Electron" >&2\nexit 1'), words('# '), wire, words('')]);
  const zip = await openZip(file);
  for (const [name, content] of [
    ['electron', executable],
    ['chrome_crashpad_handler', words('#!/bin/sh')],
    ['chrome-sandbox', words('#!/bin/sh')],
    ['version', Buffer.from(electronVersion)],
    ['LICENSE', words('of the stand-in')],
    ['LICENSES.chromium.html', words('of the stand-in')],
    ['resources.pak', words('stand-in')],
    ['locales/en-US.pak', words('stand-in')],
    ['locales/de.pak', words('stand-in')],
  ] as const)
    await zip.add(name, [content]);
  await zip.end();
  return file;
}
