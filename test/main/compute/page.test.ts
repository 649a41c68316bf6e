// The compute process as a page, in a real browser with a GPU made of software: the same list, over the same protocol.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Compute } from '../../../main/compute/index.ts';
import type { DoctorFindings, Down, TrainReport, Up } from '../../../main/compute/protocol.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import type { Checkpoint } from '../../../main/contract/results.ts';
import { inNodeAndPage, servedGpuPages, softwareGpu } from '../../support/gpu-page.ts';
import { leftOut } from '../../support/long.ts';
import { off } from '../../support/off.ts';

const openPage = servedGpuPages();

/** Plays the supervisor of one job; answers everything that the page said. */
const job = (page: Page, start: Extract<Down, { kind: 'start' }>): Promise<Up[]> =>
  page.evaluate(
    (message) =>
      new Promise<Up[]>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        const said: Up[] = [];
        port1.onmessage = ({ data }) => {
          const up = data as Up;
          said.push(up);
          if (up.kind === 'hello') port1.postMessage(message);
          if (up.kind === 'done' || up.kind === 'failed') resolve(said);
        };
        window.postMessage('compute', '*', [port2]);
      }),
    start,
  );

describe('with a GPU', () => {
  test('every check of the list passes, with its progress told', { timeout: 300_000 }, async () => {
    const { page, complaints } = await openPage(softwareGpu);
    const [hello, ...said] = await job(page, { kind: 'start', job: 'doctor', input: { device: 'webgpu', full: true } });
    expect(hello).toMatchObject({ kind: 'hello', pid: null });
    const parts = said.flatMap((up) => (up.kind === 'report' ? [(up.report as { part: string }).part] : []));
    expect(parts).toEqual(['self-test', 'fixtures', 'operators', 'training', 'kernels and alignments']);
    const end = said.at(-1) as Extract<Up, { kind: 'done' }>;
    expect(end.kind).toBe('done');
    const { checks, lapack } = end.result as DoctorFindings;
    expect(checks.length).toBeGreaterThan(40);
    expect(checks.filter((c) => !c.passed)).toEqual([]);
    expect(lapack.found).toBe(false);
    expect(complaints.filter((c) => !/powerPreference|fallback adapter/i.test(c))).toEqual([]);
  });

  test('it says which, and refuses what only Node can do', async () => {
    const { page } = await openPage(softwareGpu);
    const listed = (await job(page, { kind: 'start', job: 'devices', input: null })).at(-1);
    expect(listed).toMatchObject({ kind: 'done', result: [{ name: 'webgpu', usable: true, onlyByName: true }] });
    const config = parseConfig({});
    const inputs = {
      load: { config, dataDir: '/nowhere' },
      analyse: { samples: 4, classes: 2, inputs: null, layers: [], centred: true },
      import: { name: 'any', file: '/nowhere.npy', dataDir: '/nowhere' },
    };
    for (const [name, input] of Object.entries(inputs)) {
      const refused = await job(page, { kind: 'start', job: name as keyof typeof inputs, input: input as never });
      const message = `${name}: is done by a process of Node, not by a page`;
      expect(refused.at(-1)).toMatchObject({ kind: 'failed', code: 'failed', message });
    }
  });
});

describe('a training in the page', () => {
  const { inNode, inPage } = inNodeAndPage(openPage);
  const config = parseConfig({
    data: { dataset: 'digits', train: 200, test: 60 },
    model: { hidden: [16, 12], activation: 'tanh' },
    training: { batchSize: 50, epochs: 4 },
    analysis: { snapshots: [0, 'last'], probe: { train: 40, test: 30 } },
  });
  const train = async (compute: Compute, device: 'cpu' | 'webgpu') => {
    const reports: TrainReport[] = [];
    const input = { config, device, dataDir: '/nowhere', version: '0', resume: null };
    const { epoch } = await compute.start('train', input, (report) => void reports.push(report)).result;
    const of = <K extends TrainReport['kind']>(kind: K) => reports.filter((r): r is Extract<TrainReport, { kind: K }> => r.kind === kind);
    return { epoch, begin: of('begin')[0], metrics: of('epoch').map((r) => r.metrics), snapshots: of('snapshot'), order: reports };
  };

  test('gives what the cpu device gives: samples, metrics, weights, alignments, spectra', { timeout: 240_000 }, async () => {
    const want = await train(inNode, 'cpu');
    const got = await train(inPage, 'webgpu');
    expect(got.epoch).toBe(4);
    expect(got.begin.provenance).toMatchObject({ device: 'webgpu', node: expect.stringMatching(/Chrom/) as string });
    // The same samples and probes, to the bit.
    for (const key of ['datasetHash', 'probeHash'] as const) expect(got.begin.provenance[key]).toEqual(want.begin.provenance[key]);
    expect(got.begin.probes).toEqual(want.begin.probes);
    expect(got.metrics.map((m) => m.epoch)).toEqual(want.metrics.map((m) => m.epoch));
    // As in the list of checks: 20 steps of Adam move losses by 5e-6 and weights by 2e-5 of what float64 has; two devices by twice that.
    expect(off(got.metrics.map((m) => m.trainLoss), want.metrics.map((m) => m.trainLoss))).toBeLessThan(1e-5); // prettier-ignore
    expect(got.snapshots.map((s) => s.snapshot.epoch)).toEqual([0, 4]);
    for (const [i, { snapshot, weights }] of got.snapshots.entries()) {
      const other = want.snapshots[i];
      for (const [w, { name, data }] of weights.entries()) {
        expect(name).toBe(other.weights[w].name);
        expect(off(data, other.weights[w].data), name).toBeLessThan(4e-5);
      }
      for (const split of ['train', 'test'] as const) {
        const [a, b] = [numbersOf(snapshot[split]), numbersOf(other.snapshot[split])];
        expect(a.map(([key]) => key)).toEqual(b.map(([key]) => key));
        expect(a.length).toBeGreaterThan(50);
        for (const [n, [key, values]] of a.entries()) expect(off(values, b[n][1]), key).toBeLessThan(1e-4);
      }
    }
  });

  test.skipIf(leftOut)(
    'is stopped, and goes on from its last checkpoint in another page to the same weights',
    { timeout: 240_000 },
    async () => {
      const analysis = { ...config.analysis, snapshots: ['last' as const], ntk: false, spectrum: false };
      const input = { config: { ...config, analysis }, device: 'webgpu' as const, dataDir: '/nowhere', version: '0' };
      const run = async (resume: Checkpoint | null, stopAt: number | null) => {
        const reports: TrainReport[] = [];
        const handle = inPage.start('train', { ...input, resume, checkpointEvery: 0 }, (report) => {
          reports.push(report);
          if (report.kind === 'checkpoint' && report.checkpoint.epoch === stopAt) handle.cancel();
        });
        await (stopAt === null ? handle.result : expect(handle.result).rejects.toMatchObject({ code: 'cancelled' }));
        return {
          checkpoints: reports.flatMap((r) => (r.kind === 'checkpoint' ? [r.checkpoint] : [])),
          metrics: reports.flatMap((r) => (r.kind === 'epoch' ? [r.metrics] : [])),
          weights: reports.flatMap((r) => (r.kind === 'snapshot' ? [r.weights] : [])).at(-1),
        };
      };
      const whole = await run(null, null);
      const broken = await run(null, 2);
      const last = broken.checkpoints.at(-1);
      expect(last?.epoch).toBe(2);
      const rest = await run(last ?? null, null);
      // One device, one order of operations: the same bits.
      expect([...broken.metrics, ...rest.metrics]).toEqual(whole.metrics);
      expect(rest.weights).toEqual(whole.weights);
    },
  );

  test('what is refused for its data is refused as by any process, and a wish to stop reaches the reading', async () => {
    const wrong = { ...config, data: { ...config.data, dataset: 'no-such-data' } };
    const input = { config: wrong, device: 'webgpu' as const, dataDir: '/nowhere', version: '0', resume: null };
    await expect(inPage.start('train', input).result).rejects.toThrow('data.dataset: expected mnist | cifar10 | digits');
    const long = parseConfig({ data: { dataset: 'digits', train: 20_000, test: 10_000 } });
    const job = inPage.start('train', { ...input, config: long }, (report) => {
      if (report.kind === 'progress' && report.stage.startsWith('preparing')) job.cancel();
    });
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
  }, 120_000);

  test.skipIf(leftOut)('the speed of the page’s GPU is measured there', { timeout: 240_000 }, async () => {
    const { device, rates } = await inPage.start('calibrate', { device: 'webgpu' }).result;
    expect(device).toMatch(/^webgpu: .*software/);
    for (const rate of Object.values(rates)) expect(rate).toBeGreaterThanOrEqual(0);
    expect(rates.trainFlops).toBeGreaterThan(1e6);
  });
});

/** Every number and array of numbers within, by its path. */
function numbersOf(value: unknown, at = ''): [string, ArrayLike<number>][] {
  if (typeof value === 'number') return [[at, [value]]];
  if (ArrayBuffer.isView(value)) return [[at, value as Float64Array]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => numbersOf(part, `${at}/${key}`));
}

test('without a GPU it says so', async () => {
  const { page } = await openPage([]);
  const said = await job(page, { kind: 'start', job: 'devices', input: null });
  expect(said.at(-1)).toMatchObject({ kind: 'failed', message: expect.stringMatching(/the browser finds no GPU|has no WebGPU/) as string });
});
