// Thousands of runs of many kinds, seeds of the same config beside each other, as a library of some years would have them.
import { parseConfig } from '../../main/contract/config.ts';
import type { RunState } from '../../main/contract/results.ts';
import type { RunSpec } from './fake-library.ts';
import { jitter } from './fake-numbers.ts';

const seeds = 5;
const datasets = ['mnist', 'cifar10', 'digits', 'parity-k3-d20', 'mouse-v1'];
const activations = ['relu', 'tanh', 'erf', 'linear'];
const optimizers = ['adam', 'sgd', 'momentum'];
const rates = [0.1, 0.05, 0.01, 0.001, 0.0005];
const batches = [64, 128, 500];
const topics = ['fig1', 'fig3', 'fig7', 'lazy', 'theory', 'neuro', 'wide'];
const one = <T>(list: readonly T[], n: number): T => list[n % list.length];

/** States as they are met: nearly all done, some failed or interrupted, few at work. */
function stateOf(i: number): RunState {
  const x = jitter(i + 0.5);
  if (i < 2) return 'running';
  if (i < 12) return 'queued';
  return x < 0.9 ? 'done' : x < 0.95 ? 'failed' : x < 0.985 ? 'interrupted' : 'paused';
}

/** `n` runs, the newest first, always the same ones. */
export function hugeSpecs(n: number): RunSpec[] {
  const specs: RunSpec[] = [];
  for (let g = 0; specs.length < n; g++) {
    const dataset = one(datasets, g);
    const resnet = dataset === 'cifar10';
    const [activation, optimizer] = [one(activations, g >> 1), one(optimizers, g >> 3)];
    const [width, depth, skip] = [16 * (1 + ((g * 7) % 64)), 2 + (g % 3), g % 4 < 2];
    const config = parseConfig({
      data: { dataset, train: resnet ? 50_000 : 10_000, test: 2000 + g }, // no two groups share a config
      model: resnet
        ? { kind: 'resnet11', skip, width: (1 + ((g * 11) % 32)) / 16 }
        : { activation, hidden: Array<number>(depth).fill(width) },
      training: { optimizer, learningRate: one(rates, g >> 1), batchSize: one(batches, g >> 2), epochs: one([50, 100, 200], g) },
      analysis: { snapshots: [0, 25, 'last'] },
    });
    const kind = resnet ? `${skip ? 'skip' : 'plain'}-${optimizer}` : `${activation}-w${width}-${optimizer}`;
    for (let seed = 0; seed < seeds && specs.length < n; seed++) {
      const i = specs.length;
      const state = stateOf(i);
      const name = `${dataset}-${kind}-${g}-s${seed}`;
      const tags = [one(topics, g), ...(g % 3 === 0 ? ['sweep'] : [])];
      specs.push({
        id: `h${i.toString(36).padStart(5, '0')}`,
        name,
        state,
        tags,
        ageMs: 60_000 + i * 900_000,
        skill: 0.6 + 0.38 * jitter(g) + 0.02 * jitter(i),
        ...(state !== 'done' && state !== 'queued' && { epoch: 1 + Math.floor(jitter(i) * 40) }),
        ...(state === 'failed' && { reason: `loss became NaN at epoch ${1 + Math.floor(jitter(i) * 40)}` }),
        ...(g % 17 === 0 && { note: 'Compare with the width sweep.' }),
        parsed: { ...config, seed, name, tags },
      });
    }
  }
  return specs;
}
