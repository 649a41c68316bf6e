// A real training in a process of its own: paused and resumed it reports what an unpaused one reports, bit for bit.
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createCompute, nodeLauncher, type JobHandle, type TrainReport } from '../../../main/compute/index.ts';
import { parseConfig } from '../../../main/contract/config.ts';

const compute = createCompute({ launch: nodeLauncher(path.resolve('main/compute/entry.ts')) });
afterAll(() => compute.close());

const config = parseConfig({
  data: { dataset: 'digits', train: 200, test: 60 },
  model: { hidden: [16, 12] },
  training: { batchSize: 20, epochs: 30 },
  analysis: { snapshots: [0, 10, 'last'], probe: { train: 40, test: 30 } },
});

/** Trains; `act` may pause it. Answers all that has to be the same, and where it waited. */
async function train(act: (report: TrainReport, job: JobHandle<'train'>) => void) {
  const kept: unknown[] = [];
  const order: string[] = [];
  const job: JobHandle<'train'> = compute.start(
    'train',
    { config, device: 'cpu', dataDir: '/nowhere', version: '0', resume: null },
    (report) => {
      if (report.kind !== 'progress') order.push(report.kind);
      if (report.kind === 'epoch') kept.push(report.metrics);
      if (report.kind === 'snapshot') kept.push(report.snapshot, report.weights); // and not how long it took
      act(report, job);
    },
  );
  await job.result;
  return { kept, order };
}

test('paused while a snapshot is analysed and in the middle of training', async () => {
  const whole = await train(() => undefined);
  expect(whole.kept).toHaveLength(31 + 2 * 3);
  let waits = 0;
  let quiet = true;
  let waiting = false;
  const paused = await train((report, job) => {
    if (waiting && report.kind !== 'resumed') quiet = false;
    // The first wish comes while epoch 0 is analysed, the second in the middle of the run.
    if (report.kind === 'begin' || (report.kind === 'epoch' && report.metrics.epoch === 14)) job.pause();
    if (report.kind === 'paused') {
      waits++;
      waiting = true;
      setTimeout(() => job.resume(), 700);
    }
    if (report.kind === 'resumed') waiting = false;
  });
  expect(waits).toBe(2);
  expect(quiet).toBe(true);
  expect(paused.kept).toEqual(whole.kept);
  expect(paused.order.slice(0, 6)).toEqual(['begin', 'epoch', 'snapshot', 'checkpoint', 'checkpoint', 'paused']); // analysed to its end first
});
