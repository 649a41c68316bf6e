// `auto` with a page for a GPU, as in the desktop app: real processes on both sides, and SwiftShader, which may pass for a chip.
import type { Page } from 'playwright-core';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createCompute, nodeLauncher, withAsides, withChoice, type TrainReport } from '../../../main/compute/index.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import { pageLauncher, servedGpuPages, softwareGpu } from '../../support/gpu-page.ts';

const openPage = servedGpuPages();
const config = parseConfig({
  data: { dataset: 'digits', train: 100, test: 40 },
  model: { hidden: [8] },
  training: { batchSize: 50, epochs: 2 },
  analysis: { snapshots: ['last'], probe: { train: 20, test: 20 } },
});

/** Trains on `auto` with pages of this kind → what the run's log is told, and how many pages there were. */
async function train(before?: (page: Page) => Promise<unknown>) {
  const node = nodeLauncher(path.join(import.meta.dirname, 'aside-entry.ts'));
  let pages = 0;
  const page = pageLauncher(async () => {
    pages++;
    return (await openPage(softwareGpu, before)).page;
  });
  const [ofNode, ofPage] = [withAsides(node, page), withAsides(page, node)];
  const compute = createCompute({ launch: withChoice((wanted) => (wanted.device === 'webgpu' ? ofPage : ofNode)(wanted)) });
  const reports: TrainReport[] = [];
  try {
    const input = { config, device: 'auto' as const, dataDir: '/nowhere', version: '0', resume: null };
    expect(await compute.start('train', input, (report) => void reports.push(report)).result).toEqual({ epoch: 2 });
  } finally {
    await compute.close();
  }
  const { provenance, passedOver } = reports.find((r) => r.kind === 'begin') as Extract<TrainReport, { kind: 'begin' }>;
  const epochs = reports.flatMap((r) => (r.kind === 'epoch' ? [r.metrics.epoch] : []));
  expect(epochs).toEqual([0, 1, 2]);
  const why = Object.fromEntries((passedOver ?? []).map(({ name, reason }) => [name, reason]));
  return { provenance, why, pages };
}

/** The adapter says that it is a chip. */
const asChip = (page: Page) =>
  page.addInitScript(() => {
    const info = { vendor: 'acme', architecture: 'nine', device: '', description: 'Acme 9000', isFallbackAdapter: false };
    Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => info });
  });
/** And computes wrongly: what is read of it is one too much in its first number. */
const asBrokenChip = async (page: Page) => {
  await asChip(page);
  await page.addInitScript(() => {
    const mapped = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...range) {
      const bytes = mapped.apply(this, range);
      if (this.usage & GPUBufferUsage.MAP_READ && bytes.byteLength >= 4) new Float32Array(bytes, 0, 1)[0] += 1;
      return bytes;
    };
  });
};

test('a GPU made of software is passed over, and why is told', { timeout: 180_000 }, async () => {
  const { provenance, why, pages } = await train();
  expect(provenance.device).toBe('cpu');
  expect(Object.keys(why)).toEqual(['cuda', 'webgpu']);
  expect(why['webgpu']).toMatch(/SwiftShader.*, on the browser; .*computed by the processor, so `auto` passes it over/i);
  expect(pages).toBe(1);
});

test('what says that it is a chip, and is sound, is taken', { timeout: 180_000 }, async () => {
  const { provenance, why, pages } = await train(asChip);
  expect(provenance).toMatchObject({ device: 'webgpu', deviceDetail: expect.stringMatching(/^Acme 9000, on the browser/) as string });
  expect(Object.keys(why)).toEqual(['cuda']);
  expect(pages).toBe(2); // one was asked, one trained
});

test('a chip that fails its self-test gives way to the cpu', { timeout: 180_000 }, async () => {
  const { provenance, why, pages } = await train(asBrokenChip);
  expect(provenance.device).toBe('cpu');
  expect(why['webgpu']).toMatch(/^it fails its self-test: .* is off by /);
  expect(pages).toBe(2);
});
