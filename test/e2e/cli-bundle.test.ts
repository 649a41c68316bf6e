// Whole runs from one library into another, from the shell; a run that was stopped goes on there as if it had never left.
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { ensureBuilt } from '../support/built.ts';
import { cli, cliJson, start } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { small } from '../support/small.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const here = { library: at('here'), data: at('data') };
const there = { library: at('there'), data: at('data') };
vi.setConfig({ testTimeout: 180_000 }); // each test starts a dozen processes
beforeAll(ensureBuilt, 180_000);

type Imported = { file: string; runs: { id: string; was: string; name: string; outcome: string }[] }[];
const arrays = async (run: string, where: typeof here, out: string) => {
  const { status, err } = await cli(
    ['export', run, '--what', 'metrics,weights,alignment,spectra,features,outputs', '--out', at(out)],
    where,
  );
  expect(status, err).toBe(0);
  return readFileSync(at(out));
};

test('export --bundle and import: the other library says and computes the same', async () => {
  for (const name of ['one', 'two']) expect((await cli(['run', 'demo', ...small, '--name', name, '--tag', 'mine'], here)).status).toBe(0);
  const report = await cliJson<{ runs: { name: string }[] }>(['export', 'one', 'two', '--bundle', at('both.kernelscope')], here);
  expect(report.runs.map((r) => r.name)).toEqual(['one', 'two']);
  const [{ runs }] = await cliJson<Imported>(['import', at('both.kernelscope')], there);
  expect(runs.map((r) => [r.name, r.outcome, r.id === r.was])).toEqual([
    ['one', 'imported', true],
    ['two', 'imported', true],
  ]);
  expect(await cliJson(['list'], there)).toEqual(await cliJson(['list'], here));
  expect(await cliJson(['show', 'one'], there)).toEqual(await cliJson(['show', 'one'], here));
  expect((await arrays('one', there, 'there.npz')).equals(await arrays('one', here, 'here.npz'))).toBe(true);
  const again = await cli(['import', at('both.kernelscope')], there);
  expect([again.status, again.out]).toEqual([0, `${at('both.kernelscope')}: 0 runs imported, 2 were here already\n`]);
  // Training did not happen twice, and nothing is left beside the library.
  expect(readdirSync(at('there')).filter((f) => f.startsWith('incoming'))).toEqual([]);
});

test('a run that was stopped is resumed in the other library, to the same bits', async () => {
  const long = [...small, '--set', 'training.epochs=400', '--set', 'analysis.snapshots=[0,200,"last"]'];
  const running = start(['run', 'demo', ...long, '--name', 'long'], here);
  await running.until(/epoch|%/);
  await new Promise((r) => setTimeout(r, 700));
  running.child.kill('SIGINT');
  expect((await running.ended).status).toBe(130);
  const { id } = await cliJson<{ id: string }>(['show', 'long'], here);
  expect((await cli(['export', 'long', '--bundle', at('long.kernelscope')], here)).status).toBe(0);
  expect((await cli(['import', at('long.kernelscope')], there)).status).toBe(0);
  expect((await cliJson<{ state: string }>(['show', id], there)).state).toBe('interrupted');
  for (const where of [here, there]) expect((await cli(['run', '--resume', id], where)).status).toBe(0);
  expect((await arrays(id, there, 'long-there.npz')).equals(await arrays(id, here, 'long-here.npz'))).toBe(true);
});

test('a damaged bundle is refused in one line', async () => {
  copyFileSync(at('both.kernelscope'), at('cut.kernelscope'));
  writeFileSync(at('cut.kernelscope'), readFileSync(at('cut.kernelscope')).subarray(0, -100));
  const { status, lines, out } = await cli(['import', at('cut.kernelscope')], there);
  expect([status, lines.length, out]).toEqual([2, 1, '']);
  expect(lines[0]).toContain('cut.kernelscope: ');
  const missing = await cli(['export', 'nobody', '--bundle', at('none.kernelscope')], here);
  expect([missing.status, existsSync(at('none.kernelscope'))]).toEqual([2, false]);
});
