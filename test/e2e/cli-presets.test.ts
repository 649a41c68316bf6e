// A person's own presets on the command line: listed, run and swept by their names, and refused with what is near.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PresetInfo } from '../../main/contract/calls.ts';
import type { RunConfig } from '../../main/contract/config.ts';
import { openLibrary } from '../../main/store/index.ts';
import { playedCompute, setUp } from '../main/services/support.ts';
import { ensureBuilt } from '../support/built.ts';
import { cli, cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const o = { library: path.join(folder, 'library'), data: path.join(folder, 'data'), cwd: folder };
const small = {
  data: { dataset: 'digits', train: 100, test: 50 },
  model: { hidden: [8] },
  training: { batchSize: 50, epochs: 2 },
  analysis: { snapshots: ['last'], probe: { train: 20, test: 20 }, spectrum: false, ntk: false },
};
beforeAll(async () => {
  ensureBuilt();
  const { services } = setUp(playedCompute().compute, { dir: o.library });
  await services['presets.save']({ name: 'my net', title: 'A small one', config: small });
  await services['presets.save']({ name: 'seeds', sweep: { name: 'seeds', base: small, grid: { seed: [0, 1] } } });
  await services.close();
  const library = openLibrary(o.library, { write: true, owner: 'test' });
  library.settings.put('preset:of old', { title: 'old', config: { training: { epoch: 3 } } });
  library.close();
  mkdirSync(path.join(folder, 'seeds')); // a folder of that name is no sweep
  writeFileSync(path.join(folder, 'plain'), JSON.stringify({ seed: 5 }));
});

test('they are listed beside the program’s', async () => {
  const list = await cliJson<PresetInfo[]>(['presets'], o);
  expect(list.filter((p) => p.yours).map((p) => [p.name, p.title, p.sweep?.size ?? null])).toEqual([
    ['my net', 'A small one', null],
    ['of old', 'old', null],
    ['seeds', 'seeds', 2],
  ]);
  const { out } = await cli(['presets'], o);
  expect(out).toMatch(/^my net +\(yours\) .* A small one$/m);
  expect(out).toMatch(/^seeds +\(yours\) +2 runs: /m);
}, 120_000);

test('run and sweep find them; a file does without the library', async () => {
  const config = await cliJson<RunConfig>(['run', 'my net', '--set', 'seed=3', '--print-config'], o);
  expect(config).toMatchObject({ name: 'my net', seed: 3, data: small.data, model: small.model });
  const { out, status } = await cli(['run', 'my net'], o);
  expect([status, out.trim()]).toEqual([0, expect.stringMatching(/^\w{6}$/)]);
  expect(await cliJson<object>(['sweep', 'seeds', '--dry-run'], o)).toMatchObject({ name: 'seeds', size: 2 });
  // Its first cell is the run that is done.
  expect((await cli(['sweep', 'seeds', '--cell', '1'], o)).err).toContain('1 taken over from runs that are done, 1 left alone');
  const elsewhere = { ...o, library: path.join(folder, 'none') };
  expect(await cliJson<RunConfig>(['run', 'plain', '--print-config'], elsewhere)).toMatchObject({ seed: 5 });
  expect(existsSync(elsewhere.library)).toBe(false);
}, 120_000);

test.each([
  [['run', 'my nte'], /^my nte: no preset and no file of this name; did you mean my net\?$/],
  [['sweep', 'seed'], /^seed: no sweep and no file of this name; did you mean seeds\?$/],
  [['run', 'xyzzyx'], /^xyzzyx: no preset and no file of this name; presets: demo, .*, my net$/],
  [['run', 'seeds'], /^seeds: expected one run, got a sweep of 2; start it with: kernelscope sweep seeds$/],
  [['sweep', 'my net'], /^my net: expected a sweep, got one run; start it with: kernelscope run 'my net'$/],
  [['run', 'of old'], /^of old: your preset of this name is of another version: training\.epoch: unknown field/],
])('%j is refused in one line', async (args, message) => {
  const { status, out, lines } = await cli(args, o);
  expect([status, out, lines.length]).toEqual([2, '', 1]);
  expect(lines[0]).toMatch(message);
});
