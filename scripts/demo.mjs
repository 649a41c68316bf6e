// `npm run demo`: sets up what is missing, builds, trains the generated task, and draws its figures.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build, ensureBlas, ensurePackages, modernNode, root, toolEnv } from './setup.mjs';

ensurePackages();
ensureBlas();
build();

const node = modernNode();
const out = path.join(root, 'demo');
mkdirSync(out, { recursive: true });

/** The command line; answers its standard output, ends this process where it fails. */
function kernelscope(...args) {
  const result = spawnSync(node, ['dist/node/cli.js', ...args], {
    cwd: root,
    env: toolEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  return result.stdout;
}

const { id } = JSON.parse(kernelscope('run', 'demo', '--json'));
const run = JSON.parse(kernelscope('show', id, '--json'));
const figures = ['training', 'alignment-by-layer', 'spectrum', 'cumulative-power', 'ntk-alignment', 'ntk-split'];
for (const kind of figures)
  for (const format of ['svg', 'png']) kernelscope('figure', kind, id, '--out', path.join(out, `${kind}.${format}`));

const percent = (x) => `${(100 * x).toFixed(1)} %`;
console.log(`
Trained “${run.name}” (${id}): train accuracy ${percent(run.final.trainAccuracy)}, test accuracy ${percent(run.final.testAccuracy)}.
Figures:   ${path.relative(process.cwd(), out) || '.'}${path.sep}{${figures.join(',')}}.{svg,png}
The app:   npm start
The rest:  npm run -s kernelscope -- help`);
