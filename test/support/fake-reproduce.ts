// The paper's experiments on the fake host: runs of Section V and VI with numbers from formulas, judged by the library's own statements.
import type { PresetInfo } from '../../main/contract/calls.ts';
import { parseConfig } from '../../main/contract/config.ts';
import type { ReproducedStudy, Reproduction } from '../../main/contract/reproduce.ts';
import type { Split } from '../../main/contract/results.ts';
import { answerFromModels, answerFromTangents, reproductionOf } from '../../main/services/reproduce/answer.ts';
import {
  lastTwo,
  modesOf,
  threeOf,
  type Change,
  type Model,
  type ModelSet,
  type TwoLayers,
} from '../../main/services/reproduce/numbers.ts';
import { sectionFive, sectionSix, type StudySpec } from '../../main/services/reproduce/study.ts';
import { correlations, outcomeOf } from '../../main/sweeps/table1.ts';
import type { FakeRun } from './fake-figures.ts';
import { estimateOf, fakeRun, type RunSpec } from './fake-library.ts';
import { jitter, spectrum } from './fake-numbers.ts';

/** none: nothing of the paper; partly: Section VI done and some of Section V at work; full: both done */
export type PaperState = 'none' | 'partly' | 'full';

const configFive = {
  data: { dataset: 'cifar10', train: 800, test: 500 },
  model: { kind: 'resnet11', width: 0.125 },
  training: { schedule: 'linear', epochs: 80 },
  analysis: { snapshots: [0, 4, 'last'], probe: { train: 300, test: 300 }, ntk: false },
};
const configSix = {
  model: { parameterisation: 'ntk' },
  training: { learningRate: 0.1, schedule: 'constant', epochs: 60 },
  analysis: { snapshots: [0, 1, 2, 3, 5, 8, 12, 18, 26, 36, 48, 'last'] },
};

export const paperPresets = (): PresetInfo[] => {
  const preset = (name: string, title: string, config: unknown, epochs: number): PresetInfo => {
    const shared = { name, title, figures: '', description: title, yours: false };
    const one = estimateOf(parseConfig(config, { training: { epochs } }));
    if (!name.startsWith('section-5')) return { ...shared, config, sweep: null, estimate: one };
    return {
      ...shared,
      config: null,
      sweep: { spec: { name, base: { ...(config as object), training: { epochs } }, grid: { seed: [...Array(48).keys()] } }, size: 48 },
      estimate: { ...one, seconds: 48 * one.seconds },
    };
  };
  return [
    preset('section-6-small', 'Section VI in minutes', configSix, 60),
    preset('section-6', 'Section VI', configSix, 3000),
    preset('section-5-small', 'Section V in small', configFive, 80),
    preset('section-5', 'Section V', configFive, 5000),
  ];
};

/** The cells of Section V's grid, in an order that mixes their values. */
const cells = [true, false].flatMap((skip) =>
  [true, false].flatMap((augment) =>
    [16, 32, 64].flatMap((batchSize) =>
      (
        [
          ['sgd', 0.1],
          ['sgd', 0.03],
          ['momentum', 0.03],
          ['momentum', 0.01],
        ] as const
      ).map(([optimizer, learningRate]) => ({ skip, augment, batchSize, optimizer, learningRate })),
    ),
  ),
);

function fiveSpec(i: number, state: RunSpec['state']): RunSpec {
  const { skip, augment, batchSize, optimizer, learningRate } = cells[i];
  const config = {
    ...configFive,
    data: { ...configFive.data, augment },
    model: { ...configFive.model, skip },
    training: { ...configFive.training, batchSize, optimizer, learningRate },
  };
  const name = `skip=${skip} augment=${augment} batchSize=${batchSize} optimizer=${optimizer} learningRate=${learningRate}`;
  return {
    id: `five-${i}`,
    name,
    state,
    tags: ['section 5'],
    ageMs: 40_000_000 - i * 1000,
    epoch: state === 'running' ? 31 : undefined,
    config,
  };
}

/** A run of Section V whose numbers follow from its hyperparameters, with some noise. */
function fiveRun(i: number, state: RunSpec['state'], now: number): FakeRun {
  const run = fakeRun(fiveSpec(i, state), now);
  if (state !== 'done') return run;
  const { augment, optimizer, batchSize } = cells[i];
  const aligned = (optimizer === 'momentum' ? 0.96 : 0.74) + 0.04 * jitter(i);
  const good = 0.46 + (augment ? 0.12 : 0) + (optimizer === 'momentum' ? 0.06 : 0) - batchSize / 2000 + 0.03 * jitter(i + 99);
  const trainAccuracy = i % 5 === 0 && augment ? 0.91 : 0.985 + 0.015 * jitter(i + 7);
  const snapshots = run.snapshots.map((s) => {
    const split = (which: Split) => ({
      ...s[which],
      layers: s[which].layers.map((l, at) => ({
        ...l,
        ckaTarget:
          l.ckaTarget * aligned * (0.9 + 0.25 * (good - 0.46)) +
          0.012 * jitter(97 * i + 13 * at + (which === 'train' ? 0 : 7)) -
          (which === 'test' ? 0.1 * jitter(i + 41) * (at / 9) : 0),
        ckaInput: l.ckaInput * (1.1 - 0.5 * good) + 0.01 * jitter(31 * i + 17 * at),
      })),
      // Without momentum the layer before the last learns little.
      spectra: s[which].spectra.map((found) => {
        const pace = found.layer === 'layer10' ? 1 : optimizer === 'momentum' ? 0.8 : 0.06;
        return { ...spectrum(s.epoch * pace, found.layer, which === 'test', 300, 10), features: found.layer === 'layer09' ? 64 : 32 };
      }),
    });
    return { epoch: s.epoch, train: split('train'), test: split('test') };
  });
  const metrics = run.metrics.map((m) => ({ ...m, trainAccuracy: m.trainAccuracy * trainAccuracy, testAccuracy: m.testAccuracy * good }));
  const final = {
    ...metrics[metrics.length - 1],
    trainAccuracy,
    testAccuracy: good,
    trainLoss: 0.02 + 0.05 * jitter(i + 3) + (augment ? 0.02 : 0),
  };
  metrics[metrics.length - 1] = final;
  return { metrics, snapshots, detail: { ...run.detail, trainAccuracy, testAccuracy: good, final } };
}

export function paperRuns(state: PaperState, now: number): FakeRun[] {
  if (state === 'none') return [];
  const six = fakeRun({ id: 'six', name: 'section-6-small', state: 'done', tags: ['section 6'], ageMs: 900_000, config: configSix }, now);
  if (state === 'full') return [six, ...cells.map((_, i) => fiveRun(i, 'done', now))];
  return [six, ...cells.map((_, i) => fiveRun(i, i === 0 ? 'running' : 'queued', now))];
}

const differs: Record<StudySpec['study'], NonNullable<ReproducedStudy['used']>['differs']> = {
  'section-5': [
    { path: 'data.train', here: '800', paper: '50,000' },
    { path: 'data.test', here: '500', paper: '10,000' },
    { path: 'model.width', here: '0.125', paper: '1' },
    { path: 'training.batchSize', here: '16, 32, 64', paper: '512, 2,048, 4,096' },
    { path: 'training.epochs', here: '80', paper: '5,000' },
  ],
  'section-6': [{ path: 'training.epochs', here: '60', paper: '3,000' }],
};

const lastOf = <T>(v: readonly T[]): T => v[v.length - 1];
function change({ snapshots }: FakeRun, split: Split, layer: string): Change {
  const at = (i: number) => modesOf(snapshots[i][split].spectra.find((s) => s.layer === layer) ?? snapshots[i][split].spectra[0]);
  return { layer, first: at(0), last: at(snapshots.length - 1) };
}

function modelOf({ detail, metrics, snapshots }: FakeRun): Model {
  const { train, test } = lastOf(snapshots);
  const layers = { train: train.layers, test: test.layers };
  const cka = { train: train.layers.map((l) => l.ckaTarget), test: test.layers.map((l) => l.ckaTarget) };
  const { id: run, name, config } = detail;
  const final = lastOf(metrics);
  const { trainAccuracy, testAccuracy } = final;
  return { run, name, config, trainAccuracy, testAccuracy, layers, outcome: outcomeOf(config, final, cka) };
}

function fromFive(done: readonly FakeRun[]) {
  const models = done.map(modelOf).filter((m) => m.trainAccuracy >= 0.95);
  const set: ModelSet = { models, trained: done.length, table: correlations(models.map((m) => m.outcome)) };
  const three = threeOf(models);
  const two = (m: Model): TwoLayers => {
    const run = done.find((r) => r.detail.id === m.run) as FakeRun;
    const [before, last] = m.layers.train.slice(-2).map(({ layer }) => change(run, 'train', layer));
    return { run: m.run, name: m.name, testAccuracy: m.testAccuracy, cka: lastTwo(m), before, last };
  };
  const found = three && { worst: two(three.worst), misled: two(three.misled), best: two(three.best) };
  return { runs: models.map((m) => m.run), answered: answerFromModels(set, found, differs['section-5']) };
}

function fromSix(run: FakeRun | undefined) {
  if (!run) return answerFromTangents(null, []);
  const { trainAccuracy, testAccuracy } = lastOf(run.metrics);
  const points = run.snapshots.flatMap((s) =>
    (['train', 'test'] as const).flatMap((split) => (s[split].ntk ? [{ epoch: s.epoch, split, ntk: s[split].ntk }] : [])),
  );
  const spectra = { train: change(run, 'train', 'ntk'), test: change(run, 'test', 'ntk') };
  return answerFromTangents({ id: run.detail.id, numbers: { trainAccuracy, testAccuracy, points }, spectra }, differs['section-6']);
}

/** What the fake host's runs say about the paper. */
export function fakeReproduction(runs: readonly FakeRun[]): Reproduction {
  const of = ({ qualifies, dataset }: StudySpec) => {
    const all = runs.filter(({ detail: { config } }) => config.data.dataset === dataset && qualifies(config));
    const ids = (...states: string[]) => all.filter((r) => states.includes(r.detail.state)).map((r) => r.detail.id);
    return {
      done: all.filter((r) => r.detail.state === 'done'),
      open: { underway: ids('queued', 'running', 'paused'), stopped: ids('failed', 'interrupted') },
    };
  };
  const [five, six] = [of(sectionFive), of(sectionSix)];
  const { runs: used, answered } = fromFive(five.done);
  const describe = ({ study, name, what, presets }: StudySpec) => ({ study, name, what, presets });
  const [run] = six.done;
  return reproductionOf([
    {
      study: {
        ...describe(sectionFive),
        ...five.open,
        used: five.done.length ? { runs: used, name: null, leftOut: five.done.length - used.length, differs: differs['section-5'] } : null,
      },
      answered,
    },
    {
      study: {
        ...describe(sectionSix),
        ...six.open,
        used: run ? { runs: [run.detail.id], name: run.detail.name, leftOut: 0, differs: differs['section-6'] } : null,
      },
      answered: fromSix(run),
    },
  ]);
}
