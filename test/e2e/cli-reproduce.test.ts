// `reproduce` on a real, tiny library: a network trained on a few images of MNIST's shape, judged by the statements on Figs. 7 and 8.
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Reproduction } from '../../main/contract/reproduce.ts';
import { cli, cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { tinyMnist } from '../main/data/support.ts';

const folder = temporaryFolder();
const o = { library: path.join(folder, 'library'), data: tinyMnist(folder, { train: 120, test: 60 }) };
const claims = (r: Reproduction) => r.figures.flatMap((f) => f.claims);

/** CKA of the NTK with the target at the first and the last snapshot, from the figure's CSV. */
async function ntkTarget(run: string): Promise<(split: string) => [string, string]> {
  const file = path.join(folder, 'ntk.csv');
  await cli(['figure', 'ntk-alignment', run, '--out', file], o);
  const [head, ...lines] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const rows = lines.map((cells) => Object.fromEntries(head.map((key, i) => [key, cells[i]])));
  return (split) => {
    const own = rows.filter((r) => r['split'] === split && r['pair'] === 'ntkTarget');
    return [own[0], own[own.length - 1]].map((r) => Number(r['cka']).toFixed(3)) as [string, string];
  };
}

test('an empty library has nothing to judge, which is no failure', async () => {
  const { status, out } = await cli(['reproduce'], o);
  expect(status).toBe(0);
  expect(out).toContain('start one with: kernelscope sweep section-5-small');
  expect(out).toContain('start one with: kernelscope run section-6-small');
  expect(out).toMatch(/statements: 0 passed, 0 failed, 0 undecided, \d+ not yet run$/m);
});

test('a trained run is found, its numbers are those that export gives, and the status tells of failures', async () => {
  const set = [
    'data.train=120',
    'data.test=60',
    'model.hidden=[48,48,48,48]',
    'training.learningRate=0.01',
    'training.batchSize=30',
    'training.epochs=3',
  ];
  const probe = ['analysis.probe={"train":40,"test":40}', 'analysis.snapshots=[0,1,"last"]'];
  const { id } = await cliJson<{ id: string }>(['run', 'section-6-small', ...[...set, ...probe].flatMap((s) => ['--set', s])], o);
  const json = await cli(['reproduce', '--json'], o);
  const found = JSON.parse(json.out) as Reproduction;
  const used = found.studies[1].used;
  expect(used).toMatchObject({ runs: [id], leftOut: 0 });
  expect(used?.differs.map((d) => d.path)).toEqual([
    'data.train',
    'data.test',
    'model.hidden',
    'training.learningRate',
    'training.batchSize',
    'training.epochs',
  ]);

  // The same numbers by another way: the arrays of the run, as the export writes them.
  const target = await ntkTarget(id);
  const verdicts = Object.fromEntries(claims(found).map((c) => [c.id, c]));
  expect(verdicts['fig7.accuracy']).toMatchObject({ verdict: 'not-run' }); // other sizes than the paper's
  expect(verdicts['fig7.ntk-target-rises'].measured).toBe(
    (['train', 'test'] as const).map((split) => `${split}: CKA from ${target(split)[0]} to ${target(split)[1]}`).join('; '),
  );
  for (const c of claims(found)) {
    const own = /^fig[78]\./.test(c.id) && c.id !== 'fig7.accuracy';
    if (own) expect(['passed', 'failed', 'undecided'], c.id).toContain(c.verdict);
    else expect(c.verdict, c.id).toBe('not-run');
  }
  const failed = claims(found).filter((c) => c.verdict === 'failed');
  const text = await cli(['reproduce'], o);
  expect([json.status, text.status]).toEqual(failed.length > 0 ? [1, 1] : [0, 0]);
  for (const { id: name } of failed) expect(text.err).toContain(name);
  for (const { statement } of claims(found).filter((c) => !c.cell)) expect(text.out).toContain(statement);
});
