// The desktop program takes the words of the command line: same output, same exit status, no window, whatever else is open.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { RunSummary } from '../../main/contract/results.ts';
import { cli as fromCheckout } from '../support/cli.ts';
import { electronCommand } from '../electron-double/launch.ts';
import { ensureBuilt, root } from '../support/built.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const library = path.join(folder, 'library');

async function words(...said: string[]): Promise<{ status: number; out: string; err: string }> {
  ensureBuilt();
  const [file, ...first] = electronCommand({ appDir: root, userData: path.join(folder, 'user') });
  const child = spawn(file, [...first, ...said, '--library', library], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { status, out, err };
}

test('a run is trained in a utility process, listed, and drawn', { timeout: 120_000 }, async () => {
  const set = [
    'data.train=200',
    'data.test=100',
    'model.hidden=[16]',
    'training.epochs=2',
    'training.batchSize=50',
    'analysis.snapshots=[0,"last"]',
  ];
  const probe = 'analysis.probe={"train":40,"test":40}';
  const run = await words('run', 'demo', '--json', ...[...set, probe].flatMap((s) => ['--set', s]));
  expect(run.status, run.err).toBe(0);
  const { id } = JSON.parse(run.out) as { id: string };
  const list = await words('list', '--json');
  expect(JSON.parse(list.out) as RunSummary[]).toMatchObject([{ id, state: 'done', epochs: 2 }]);
  expect(list.out).toBe((await fromCheckout(['list', '--json'], { library })).out);
  const figure = path.join(folder, 'spectrum.png');
  expect(await words('figure', 'spectrum', id, '--out', figure)).toMatchObject({ status: 0 });
  expect(existsSync(figure)).toBe(true);
});

test('what is wrong is said in one line, with the status of the command line', async () => {
  expect(await words('show', 'nobody')).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/^run: .*nobody.*\n$/) as string });
  expect(await words('run', 'dmo')).toMatchObject({ status: 2, err: expect.stringContaining('did you mean demo?') as string });
  expect(await words('bench')).toMatchObject({ status: 2, err: expect.stringContaining('from a checkout') as string });
  const version = await words('--version');
  expect(version).toMatchObject({ status: 0, out: (await fromCheckout(['--version'], { library })).out });
});
