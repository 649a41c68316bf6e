// Files that a person asked for: whole or not at all.
import { readFile, writeFile } from 'node:fs/promises';
import { badInput } from '../contract/errors.ts';
import { whole } from '../formats/whole.ts';

export { whole };

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
