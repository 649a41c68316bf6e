// Figures 1 and 2: alignments of the layers of many models with target and input.
import { splits, type LayerAlignment, type Split } from '../../../contract/results.ts';
import { correlationInterval, differenceInterval, meanInterval, shareInterval, type Interval } from '../../../sweeps/intervals.ts';
import { all, decimal, over, type Claim } from '../claim.ts';
import type { Model, ModelSet } from '../numbers.ts';

type Side = 'ckaTarget' | 'ckaInput';
const ofLayers = (model: Model, split: Split, side: Side) => model.layers[split].map((l) => l[side]);
const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
/** Over models, the mean of a number of each. */
const overModels = (models: readonly Model[], of: (m: Model) => number): Interval | null => meanInterval(models.map(of));
const isMomentum = ({ config }: Model) => config.training.optimizer === 'momentum';
const isSgd = ({ config }: Model) => config.training.optimizer === 'sgd';

/** Share of pairs of layers in which the deeper one has more, less the share in which it has less: Kendall's τ with depth. */
function risesWithDepth(v: readonly number[]): number {
  let [sum, pairs] = [0, 0];
  v.forEach((a, i) =>
    v.slice(i + 1).forEach((b) => {
      sum += Math.sign(b - a);
      pairs++;
    }),
  );
  return pairs === 0 ? 0 : sum / pairs;
}

/** How far the highest layer stands over the next, and how far the lowest stands under the next. */
const lead = (v: readonly number[], at: 'first' | 'last'): number => {
  const [own, others] = at === 'last' ? [v[v.length - 1], v.slice(0, -1)] : [v[0], v.slice(1)];
  return own - Math.max(...others);
};
const lag = (v: readonly number[], at: 'first' | 'last'): number => {
  const [own, others] = at === 'last' ? [v[v.length - 1], v.slice(0, -1)] : [v[0], v.slice(1)];
  return Math.min(...others) - own;
};

const momentumOver = (models: readonly Model[], of: (m: Model) => LayerAlignment, side: Side): Interval | null =>
  differenceInterval(
    models.filter(isMomentum).map((m) => of(m)[side]),
    models.filter(isSgd).map((m) => of(m)[side]),
  );

export const layerClaims: readonly Claim<ModelSet>[] = [
  {
    id: 'fig1.target-by-depth',
    figure: 'fig1',
    place: 'Fig. 1, caption',
    statement: 'Alignment with the target is highest in the last layer and lowest in the first, on training and test samples.',
    check: ({ models }) =>
      all(
        ...splits.flatMap((split) => [
          over(
            overModels(models, (m) => lead(ofLayers(m, split, 'ckaTarget'), 'last')),
            `${split}: the last layer less the highest other`,
          ),
          over(
            overModels(models, (m) => lag(ofLayers(m, split, 'ckaTarget'), 'first')),
            'the lowest other less the first',
          ),
        ]),
      ),
  },
  {
    id: 'fig1.input-by-depth',
    figure: 'fig1',
    place: 'Fig. 1, caption',
    statement: 'Alignment with the input is the other way round: highest in the first layer, lowest in the last.',
    check: ({ models }) =>
      all(
        over(
          overModels(models, (m) => lead(ofLayers(m, 'test', 'ckaInput'), 'first')),
          'test: the first layer less the highest other',
        ),
        over(
          overModels(models, (m) => lag(ofLayers(m, 'test', 'ckaInput'), 'last')),
          'the lowest other less the last',
        ),
      ),
  },
  {
    id: 'fig1.robust',
    figure: 'fig1',
    place: 'Fig. 1, caption',
    statement:
      'The hierarchy from earlier to deeper layers is robust across experiments (here: in more than three of four models, three of four pairs of layers or more are in this order).',
    check: ({ models }) => {
      const inOrder = models.filter((m) => risesWithDepth(ofLayers(m, 'train', 'ckaTarget')) >= 0.5).length;
      return over(shareInterval(inOrder, models.length), `${inOrder} of ${models.length} models, a share of`, 0.75);
    },
  },
  {
    id: 'fig1.momentum',
    figure: 'fig1',
    place: 'Fig. 1, caption; Section V',
    statement: 'Momentum raises the alignment of the last layer with the target over that of plain SGD.',
    check: ({ models }) =>
      all(
        ...splits.map((split) =>
          over(
            momentumOver(models, (m) => m.layers[split][m.layers[split].length - 1], 'ckaTarget'),
            `${split}: CKA with momentum less that without`,
          ),
        ),
      ),
  },
  {
    id: 'fig1.sgd-input',
    figure: 'fig1',
    place: 'Fig. 1, caption',
    statement: 'Alignment of the first layer with the input is largest under plain SGD.',
    check: ({ models }) => {
      const found = momentumOver(models, (m) => m.layers.test[0], 'ckaInput');
      const turned = found && { value: -found.value, low: -found.high, high: -found.low };
      return over(turned, 'test: CKA without momentum less that with');
    },
  },
  {
    id: 'fig1.better-less-input',
    figure: 'fig1',
    place: 'Section V, on Fig. 1c',
    statement: 'Better models align less with the input, across all layers: test accuracy falls with the mean CKA to the input.',
    check: ({ models }) => {
      const accuracy = models.map((m) => m.testAccuracy);
      const found = correlationInterval(
        models.map((m) => mean(ofLayers(m, 'test', 'ckaInput'))),
        accuracy,
      );
      const turned = found && { value: -found.value, low: -found.high, high: -found.low };
      const depth = models[0]?.layers.test.length ?? 0;
      const single = Array.from({ length: depth }, (_, l) =>
        correlationInterval(
          models.map((m) => m.layers.test[l].ckaInput),
          accuracy,
        ),
      );
      const falling = single.filter((r) => r !== null && r.value < 0).length;
      return over(turned, `r is negative in ${falling} of ${depth} layers; of the mean over layers, −r =`);
    },
  },
  {
    id: 'fig2.monotone',
    figure: 'fig2',
    place: 'Fig. 2a, caption',
    statement: 'Alignment with the target grows from every layer to the next, on training and test samples.',
    check: ({ models }) =>
      all(
        ...splits.map((split) => {
          const depth = models[0]?.layers[split].length ?? 0;
          const steps = Array.from({ length: Math.max(0, depth - 1) }, (_, l) => ({
            to: models[0].layers[split][l + 1].layer,
            by: overModels(models, (m) => m.layers[split][l + 1].ckaTarget - m.layers[split][l].ckaTarget),
          }));
          if (steps.length === 0) return { verdict: 'undecided' as const, measured: `${split}: one layer alone` };
          const least = steps.reduce((a, b) => ((b.by?.value ?? 0) < (a.by?.value ?? 0) ? b : a));
          const parts = steps.map(({ by }) => over(by, ''));
          const rising = parts.filter((p) => p.verdict === 'passed').length;
          return {
            ...all(...parts),
            measured: `${split}: ${rising} of ${steps.length} steps are rises beyond doubt; ${over(least.by, `the smallest, to ${least.to}, is`).measured}`,
          };
        }),
      ),
  },
  {
    id: 'fig2.train-test',
    figure: 'fig2',
    place: 'Fig. 2a, caption; Section V',
    statement: 'Alignments on training and on test samples go together, layer by layer.',
    check: ({ models }) => {
      const depth = models[0]?.layers.train.length ?? 0;
      const means = (split: Split) => Array.from({ length: depth }, (_, l) => mean(models.map((m) => m.layers[split][l].ckaTarget)));
      return over(correlationInterval(means('train'), means('test')), `over the means of ${depth} layers, r =`);
    },
  },
  {
    id: 'fig2.input-to-target',
    figure: 'fig2',
    place: 'Fig. 2b; Section V',
    statement: 'Early layers align better with the input, late layers with the target (training samples).',
    check: ({ models }) => {
      const gap = (at: 'first' | 'last') => (m: Model) => {
        const layer = m.layers.train.at(at === 'first' ? 0 : -1);
        return at === 'first' ? layer.ckaInput - layer.ckaTarget : layer.ckaTarget - layer.ckaInput;
      };
      return all(
        over(overModels(models, gap('first')), 'first layer: CKA with the input less that with the target'),
        over(overModels(models, gap('last')), 'last layer: CKA with the target less that with the input'),
      );
    },
  },
  {
    id: 'fig2.input-falls',
    figure: 'fig2',
    place: 'Fig. 2b; Section V',
    statement: 'From early to late layers the target gains on the input (training samples).',
    check: ({ models }) => {
      const order = (m: Model) => risesWithDepth(m.layers.train.map((l) => l.ckaTarget - l.ckaInput));
      const found = overModels(models, order);
      const depth = models[0]?.layers.train.length ?? 0;
      return over(found, `pairs of ${decimal(depth, 0)} layers in this order less those in the other (Kendall’s τ)`);
    },
  },
];
