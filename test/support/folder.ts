// A folder for one test file, gone when it ends.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** An empty folder; removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
