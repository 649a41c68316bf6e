// Files that appear whole or not at all.
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

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
