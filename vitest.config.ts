import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** One plain closing line, for machines that read it. */
const counts: Reporter = {
  onTestRunEnd(modules) {
    const n = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let broken = 0; // a file that did not even load counts as a failure
    for (const module of modules) {
      for (const test of module.children.allTests()) n[test.result().state]++;
      if (module.errors().length > 0) broken++;
    }
    console.log(`${n.passed} passed, ${n.failed + n.pending + broken} failed, ${n.skipped} skipped`);
  },
};

export default defineConfig({
  plugins: [svelte()],
  test: {
    reporters: ['default', counts],
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } }, // what a page or a process comes to, also on a busy machine
  },
});
