// A run that is stopped, or killed, goes on as if nothing had happened.
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import type { EpochMetrics, RunDetail, RunSummary } from '../../main/contract/results.ts';
import { cli, cliJson, start, type CliOptions } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { small } from '../support/small.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const o: CliOptions = { library: at('library'), data: at('data') };
/** Long enough to be stopped in the middle, with momentum and shuffling that a bad resume would lose. */
const long = [
  ...small,
  '--set',
  'training.epochs=400',
  '--set',
  'training.learningRate=0.01',
  '--set',
  'analysis.snapshots={"every":40}',
  '--set',
  'analysis.ntk=false',
];

/** Bytes of every exported weight of the last epoch, by file name. */
async function weights(run: string): Promise<Record<string, string>> {
  const out = at(`weights-${run}`);
  const { status, err } = await cli(['export', run, '--what', 'weights', '--epoch', '400', '--out', out], o);
  if (status !== 0) throw new Error(err);
  const here = path.join(out, 'weights', '400');
  return Object.fromEntries(
    readdirSync(here)
      .sort()
      .map((f) => [f, readFileSync(path.join(here, f)).toString('base64')]),
  );
}
const metrics = async (run: string) => (await cliJson<RunDetail>(['show', run], o)).final as EpochMetrics;

let whole: string;
beforeAll(async () => {
  const { status, out, err } = await cli(['run', 'demo', ...long, '--name', 'whole'], o);
  if (status !== 0) throw new Error(err);
  whole = out.trim();
});

/** Starts the same run and does `stop` to it once its first snapshots are there. */
async function stopped(name: string, signal: NodeJS.Signals) {
  const running = start(['run', 'demo', ...long, '--name', name, '--verbose'], o);
  const [id] = await running.until(/^\S+$/m);
  for (;;) {
    const run = await cliJson<RunDetail>(['show', id], o);
    if (run.snapshots.length >= 2) break;
    if (run.state !== 'running' && run.state !== 'queued') throw new Error(`it is ${run.state}`);
  }
  running.child.kill(signal);
  return { id, ended: await running.ended };
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('ends it with 130 and says how to go on; then it goes on to the same weights', async () => {
    const { id, ended } = await stopped(signal, signal);
    expect(ended.status).toBe(130);
    expect(ended.err).toMatch(
      new RegExp(`${id}: interrupted at epoch \\d+ of 400; what was done is kept\\. To go on: .*run --resume ${id}`),
    );
    const run = await cliJson<RunDetail>(['show', id], o);
    expect(run.state).toBe('interrupted');
    expect(run.epoch).toBeLessThan(400);
    const resumed = await cli(['run', '--resume', id.slice(0, -1)], o);
    expect([resumed.status, resumed.out]).toEqual([0, `${id}\n`]);
    expect(await weights(id)).toEqual(await weights(whole));
    expect(await metrics(id)).toEqual(await metrics(whole));
  });
});

test('kill -9: the library opens, the run is named interrupted when it is taken up, and it goes on to the same weights', async () => {
  const { id, ended } = await stopped('killed', 'SIGKILL');
  expect(ended.status).toBeNull();
  const listed = await cliJson<RunSummary[]>(['list', '--filter', `id = ${id}`], o);
  expect(listed.map((r) => r.id)).toEqual([id]);
  const resumed = await cli(['run', '--resume', 'killed'], o);
  expect([resumed.status, resumed.out]).toEqual([0, `${id}\n`]);
  const run = await cliJson<RunDetail>(['show', id], o);
  expect([run.state, run.epoch, run.snapshots.length]).toEqual(['done', 400, 11]);
  expect(await weights(id)).toEqual(await weights(whole));
});

test('under --json an interrupted run is one document with its id and state', async () => {
  const running = start(['run', 'demo', ...long, '--name', 'json', '--json'], o);
  const [, id] = await running.until(/^started (\S+)$/m);
  running.child.kill('SIGINT');
  const { status, out } = await running.ended;
  expect(status).toBe(130);
  expect(JSON.parse(out)).toMatchObject({ id, state: 'interrupted' });
  expect((await cli(['delete', id], o)).status).toBe(0);
});

test('while one process writes, another is told so, and may read', async () => {
  const running = start(['run', 'demo', ...long, '--name', 'holder'], o);
  const [id] = await running.until(/^\S+$/m);
  expect((await cliJson<RunSummary[]>(['list', '--filter', 'name = holder'], o))[0]).toMatchObject({ id });
  const { status, lines } = await cli(['rename', whole, 'x'], o);
  expect([status, lines.length]).toEqual([1, 1]);
  expect(lines[0]).toContain(String(running.child.pid));
  running.child.kill('SIGINT');
  expect((await running.ended).status).toBe(130);
});
