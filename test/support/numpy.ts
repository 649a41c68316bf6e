// NumPy as the other side of the file formats, where it is installed.
import { spawnSync } from 'node:child_process';

const python = ['/usr/bin/python3', 'python3'].find((p) => spawnSync(p, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0);

/** Why tests that need NumPy are skipped, or null. */
export const noNumpy: string | null = python ? null : 'no Python with NumPy here';

/** Runs Python code with `np`, `json`, `sys` imported; answers what it prints, as JSON where it is. */
export function numpy(code: string, ...args: string[]): unknown {
  if (!python) throw new Error('no Python with NumPy here');
  const result = spawnSync(python, ['-c', `import json, sys, zipfile\nimport numpy as np\n${code}`, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout.trim() ? JSON.parse(result.stdout) : null;
}
