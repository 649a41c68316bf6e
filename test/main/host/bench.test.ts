// `bench`: whom it compares with on which device. Our side and Python are stand-ins that speak their protocols; what peer.py itself says without
// CUDA is asked of the real file, with a stand-in for PyTorch.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runBench } from '../../../main/host/bench/index.ts';
import { cudaSetting, findPython, openPeer, processorSettings, settingsFor } from '../../../main/host/bench/peer.ts';
import { formatRow, workloads, workloadsOn, type BenchRow } from '../../../main/host/bench/report.ts';
import { root } from '../../support/built.ts';
import { temporaryFolder } from '../../support/folder.ts';

const folder = temporaryFolder();
const resourcesDir = path.join(root, 'resources');
const entry = path.join(root, 'test/support/bench-ours.mjs');

/** A Python that has NumPy (`-c` succeeds) and answers in peer.py's place: 1 s a repetition on the GPU, 4 s with one OpenMP thread, else 8 s. */
function fakePython(name: string, gpu: string | null, dies = ''): string {
  const file = path.join(folder, name);
  const program = `#!${process.execPath}
if (process.argv[2] === '-c') process.exit(0);
const gpu = process.env.PEER_DEVICE === 'cuda';
if (${JSON.stringify(dies)}) { console.error('Traceback:\\n  …\\n' + ${JSON.stringify(dies)}); process.exit(3); }
console.log(JSON.stringify({ numpy: '1', torch: '2', ...(gpu && ${JSON.stringify(gpu)} && { cuda: ${JSON.stringify(gpu)} }) }));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { workload, repeats } = JSON.parse(line);
  const float32 = ['mlp-step', 'ntk', 'resnet-step'].includes(workload);
  const seconds = gpu && float32 ? 1 : process.env.OMP_NUM_THREADS === '1' ? 4 : 8;
  console.log(JSON.stringify(gpu && float32 && !${JSON.stringify(gpu)} ? { error: 'PyTorch here has no CUDA' } : { seconds: Array(repeats).fill(seconds) }));
});
`;
  writeFileSync(file, program);
  chmodSync(file, 0o755);
  return file;
}

interface Found {
  device: string;
  peak: { float32: number; float64: number };
  rows: BenchRow[];
}
/** `bench --json` of one workload on a device that is not there. */
async function bench(device: 'cpu' | 'webgpu' | 'cuda', python: string, only: string): Promise<Found & { logged: string[] }> {
  vi.stubEnv('FAKE_DEVICE', device);
  vi.stubEnv('KERNELSCOPE_PYTHON', python);
  const lines: string[] = [];
  const logged: string[] = [];
  const said = { out: (line: string) => void lines.push(line), log: (line: string) => void logged.push(line) };
  await runBench({ only, json: true, native: true, device: 'auto', entry, resourcesDir, ...said });
  return { ...(JSON.parse(lines.join('\n')) as Found), logged };
}

afterEach(() => void vi.unstubAllEnvs());

describe('the settings', () => {
  test('count the threads of the machine', () => {
    expect(processorSettings(16)).toEqual([
      { label: '1 OpenMP + 16 BLAS threads', env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '16', MKL_NUM_THREADS: '16' } },
      { label: '16 threads', env: { OMP_NUM_THREADS: '16', OPENBLAS_NUM_THREADS: '16', MKL_NUM_THREADS: '16' } },
    ]);
    expect(processorSettings(1).map((s) => s.label)).toEqual(['1 thread']);
  });

  test('are CUDA alone for what a GPU computes, and the processor’s for everything else', () => {
    for (const w of workloads) {
      expect(settingsFor(w, 'cpu')).toEqual(processorSettings());
      const float64 = ['spectrum', 'alignments', 'feature-spectrum'].includes(w.name);
      for (const device of ['webgpu', 'cuda'] as const)
        expect(settingsFor(w, device), w.title).toEqual(float64 ? processorSettings() : [cudaSetting]);
    }
  });

  test('on a GPU everything is warmed up and repeated, and goals that were set on a processor are none', () => {
    const on = workloadsOn('webgpu');
    expect(on.map((w) => `${w.name}:${w.size}`)).toEqual(workloads.map((w) => `${w.name}:${w.size}`));
    for (const w of on) expect(w.warm, w.title).toBeGreaterThanOrEqual(1);
    expect(on.find((w) => w.name === 'ntk' && w.size === 10_000)).toMatchObject({ repeats: 3, goal: null });
    expect(on.filter((w) => w.goal !== null).every((w) => w.precision === 'float64')).toBe(true);
    expect(workloadsOn('cpu')).toEqual(workloads);
  });
});

describe.skipIf(process.platform === 'win32')('bench', () => {
  test('on a GPU compares with PyTorch on that GPU and says which it is', async () => {
    const { device, peak, rows, logged } = await bench('webgpu', fakePython('cuda', 'Fake H100'), 'ntk:1000');
    expect(device).toBe('webgpu: Fake 1');
    // the size that was timed, not the one that was asked for
    expect(peak.float32).toBeCloseTo((2 * 8192 ** 3) / 2, 0);
    expect(peak.float64).toBeCloseTo((2 * 2048 ** 3) / 2, 0);
    expect(logged[0]).toMatch(/^peak: 550 GFLOP\/s in float32 on webgpu: Fake 1 \(square products of 8192, best of 8\), 8\.6 in float64/);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ peer: { setting: 'CUDA, Fake H100', median: 1 }, peerReason: null, ratio: 2, goal: null });
    expect(formatRow(rows[0])).toMatch(/with its alignments, P = 1000 .*peer 1\.00 s .*\[CUDA, Fake H100\] {2}ratio 2\.00 {2}peak memory/);
  });

  test('where PyTorch has no CUDA it says so, and compares with no processor', async () => {
    const { rows } = await bench('cuda', fakePython('none', null), 'mlp-step');
    expect(rows[0]).toMatchObject({ peer: null, peerReason: 'PyTorch here has no CUDA', ratio: null });
    expect(formatRow(rows[0])).toContain('peer: PyTorch here has no CUDA');
  });

  test('what the processor computes is compared with NumPy there, whatever the device', async () => {
    const { rows } = await bench('webgpu', fakePython('both', 'Fake H100'), 'spectrum:1000');
    expect(rows[0]).toMatchObject({ peer: { setting: processorSettings()[0].label }, goal: 0.5 });
    expect(rows[0].peer?.median).toBe(processorSettings().length === 1 ? 8 : 4);
  });

  test('on the cpu no GPU is asked for', async () => {
    const { rows, logged } = await bench('cpu', fakePython('cpu', 'Fake H100'), 'mlp-step');
    expect(rows[0]).toMatchObject({ peer: { setting: processorSettings()[0].label }, goal: 0.85 });
    expect(logged[0]).toBe('peak: 8.6 GFLOP/s in float32, 8.6 in float64 (square products of 2048, best of 8)');
  });

  test('a peer that does not start is quoted with its last words', async () => {
    const { rows } = await bench('webgpu', fakePython('dead', null, 'OSError: no libcudart.so'), 'resnet-step');
    expect(rows[0]).toMatchObject({ peer: null, peerReason: 'the peer ended (3): OSError: no libcudart.so' });
  });
});

const python = findPython();
describe.skipIf(!python)('peer.py', () => {
  const torch = path.join(folder, 'modules');
  beforeAll(() => {
    mkdirSync(torch);
    writeFileSync(
      path.join(torch, 'torch.py'),
      "__version__ = '0'\nnn = None\nclass cuda:\n    is_available = staticmethod(lambda: False)\n",
    );
  });

  test('without CUDA refuses what was to be computed there, and goes on with NumPy', async () => {
    vi.stubEnv('PYTHONPATH', torch);
    const peer = await openPeer(python ?? '', resourcesDir, cudaSetting);
    try {
      expect(peer.label).toBe('CUDA');
      for (const workload of ['mlp-step', 'ntk', 'resnet-step'])
        await expect(peer.time(workload, 4, 1), workload).rejects.toThrow(/^PyTorch here has no CUDA$/);
      const seconds = await peer.time('spectrum', 20, 2);
      expect(seconds).toHaveLength(2);
      expect(Math.min(...seconds)).toBeGreaterThan(0);
    } finally {
      peer.close();
    }
  });
});
