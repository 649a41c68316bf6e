// `npm test`: sets up what is missing, builds, then types, lint and every test. Arguments go to vitest and skip types and lint.
import { spawnSync } from 'node:child_process';
import { build, ensureBlas, ensureChromium, ensurePackages, modernNode, root, step, toolEnv } from './setup.mjs';

const args = process.argv.slice(2);
ensurePackages();
ensureBlas();
ensureChromium();
const node = modernNode();
build();
if (args.length === 0) {
  step('checking types', node, ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.node.json']);
  step('checking types of components', node, [
    'node_modules/svelte-check/bin/svelte-check',
    '--tsconfig',
    './tsconfig.web.json',
    '--tsgo',
    '--fail-on-warnings',
  ]);
  step('lint', node, ['node_modules/eslint/bin/eslint.js', '.']);
  step('format', node, ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']);
}
const result = spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', ...args], { cwd: root, stdio: 'inherit', env: toolEnv() });
process.exit(result.status ?? 1);
