// A dataset of one's own, from the shell: imported, listed, trained on, exported.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { cifarBytes } from '../main/data/support.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const dirs = { library: at('library'), data: at('data') };
mkdirSync(at('cifar'));
writeFileSync(at('cifar/data_batch_1.bin'), cifarBytes(60));
writeFileSync(at('cifar/data_batch_2.bin'), cifarBytes(3).subarray(1));

test('data import: says what it found and what it left out; a run takes it by its name', async () => {
  const imported = await cli(['data', 'import', at('cifar'), '--name', 'little', '--json', '--seed', '5'], dirs);
  expect([imported.status, imported.err.includes('Error')]).toEqual([0, false]);
  const report = JSON.parse(imported.out) as Record<string, unknown>;
  expect(report).toMatchObject({
    name: 'little',
    kind: 'cifar',
    shape: [32, 32, 3],
    counts: { train: 48, test: 12 },
    split: { kind: 'drawn', seed: 5 },
  });
  expect(report['refused']).toEqual([
    {
      file: at('cifar/data_batch_2.bin'),
      reason: 'expected a multiple of 3073 bytes (label and pixels), got 9218; the file is cut or not CIFAR-10',
    },
  ]);
  expect(readdirSync(at('data/imported'))).toEqual(['little']);

  const listed = JSON.parse((await cli(['data', 'list', '--json'], dirs)).out) as { name: string; present: boolean }[];
  expect(listed.filter((d) => d.present).map((d) => d.name)).toEqual(['digits', 'little']);
  expect((await cli(['data', 'import', at('cifar'), '--name', 'little'], dirs)).status).toBe(2);
  const text = (await cli(['data', 'import', at('cifar'), '--name', 'again'], dirs)).out;
  expect(text).toMatch(/^again: 48 training and 12 test samples of 32 × 32 × 3; the test samples were drawn, a fifth of all, by seed 0\n/);
  expect(text).toContain('left out: 1\n');

  const settings = ['data.dataset=little', 'data.train=40', 'data.test=12', 'data.augment=true', 'data.cutout=8', 'model.hidden=[8]'];
  const more = ['training.batchSize=16', 'training.epochs=2', 'analysis.probe.train=20', 'analysis.probe.test=12'];
  const set = [...settings, ...more].flatMap((s) => ['--set', s]);
  const run = await cli(['run', 'demo', '--name', 'on-little', ...set], dirs);
  expect(run.status, run.err).toBe(0);
  const shown = JSON.parse((await cli(['show', 'on-little', '--json'], dirs)).out) as { state: string; config: { data: unknown } };
  expect(shown).toMatchObject({ state: 'done', config: { data: { dataset: 'little', augment: true, cutout: 8 } } });
});
