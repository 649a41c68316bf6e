// Files that a person asked for: whole or not at all.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../contract/errors.ts';

/** Lets `write` make a file beside `file`, which then takes its place; after an error nothing is left. */
export async function whole(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    await write(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export const writeWhole = (file: string, bytes: Uint8Array | string): Promise<void> =>
  whole(file, (temporary) => writeFile(temporary, bytes));

/** The value of a JSON file. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badInput(`${file}: expected JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}
