// Figures 7 and 8: the tangent kernel of one network in training. One network, so there is no interval: margins stand in the statements.
import { splits, type NtkAlignment, type Split } from '../../../contract/results.ts';
import { all, decimal, margin, percent, type Claim, type Finding } from '../claim.ts';
import type { TangentRun, TangentSpectra } from '../numbers.ts';

/** Over the snapshots, in their order. */
const over = ({ points }: TangentRun, split: Split, of: (ntk: NtkAlignment) => number): number[] =>
  points.filter((p) => p.split === split).map((p) => of(p.ntk));
const last = (v: readonly number[]) => v[v.length - 1];
const target = (ntk: NtkAlignment) => ntk.ntkTarget;

export const tangentClaims: readonly Claim<TangentRun>[] = [
  {
    id: 'fig7.accuracy',
    figure: 'fig7',
    place: 'Section VI, on Fig. 7',
    statement: 'The network reaches almost 95 % test accuracy (here: 93.5 … 96 %).',
    equal: ['data.train', 'model.hidden'],
    check: ({ testAccuracy }) =>
      margin(Math.abs(testAccuracy - 0.9475), { pass: 0.0125, fail: 0.02 }, `test accuracy ${percent(testAccuracy)}`),
  },
  {
    id: 'fig7.ntk-target-rises',
    figure: 'fig7',
    place: 'Abstract; Fig. 7, right',
    statement: 'Alignment of the NTK with the target rises in training (by 0.05 or more, on training and test samples).',
    check: (run) =>
      all(
        ...splits.map((split): Finding => {
          const values = over(run, split, target);
          const words = `${split}: CKA from ${decimal(values[0])} to ${decimal(last(values))}`;
          return margin(last(values) - values[0], { pass: 0.05, fail: 0 }, words);
        }),
      ),
  },
  {
    id: 'fig7.asymptotic',
    figure: 'fig7',
    place: 'Section VI, on Fig. 7',
    statement: 'It approaches the target as training goes on (training samples: the last snapshot is within 0.02 of the highest).',
    check: (run) => {
      const values = over(run, 'train', target);
      const highest = Math.max(...values);
      return margin(highest - last(values), { pass: 0.02, fail: 0.1 }, `highest ${decimal(highest)}, last ${decimal(last(values))}`);
    },
  },
  {
    id: 'fig7.penultimate',
    figure: 'fig7',
    place: 'Section VI, on Eq. 8',
    statement: 'The last hidden layer’s kernel K⁽ᴸ⁾ becomes nearly perfectly aligned with the target (training samples: CKA 0.9 or more).',
    check: (run) => {
      const value = last(over(run, 'train', (ntk) => ntk.penultimateTarget));
      return margin(value, { pass: 0.9, fail: 0.8 }, `CKA ${decimal(value)} at the end`);
    },
  },
  {
    id: 'fig8.dominating',
    figure: 'fig8',
    place: 'Section VI, on Fig. 8',
    statement:
      'K⁽ᴸ⁾ dominates the NTK’s alignment: at the end its part of the exact split is a tenth larger than the gradient kernel’s, or more.',
    check: (run) =>
      all(
        ...splits.map((split): Finding => {
          const layer = last(over(run, split, (ntk) => ntk.penultimateShare * ntk.penultimateTarget));
          const gradient = last(over(run, split, (ntk) => ntk.gradientShare * ntk.gradientTarget));
          return margin(
            layer / gradient,
            { pass: 1.1, fail: 0.9 },
            `${split}: ${decimal(layer)} from K⁽ᴸ⁾, ${decimal(gradient)} from the gradient kernel`,
          );
        }),
      ),
  },
];

export const tangentSpectraClaims: readonly Claim<TangentSpectra>[] = [
  {
    id: 'fig8.low-rank',
    figure: 'fig8',
    place: 'Fig. 8, caption',
    statement: 'The NTK acquires the target’s low rank (the share of its trace beyond mode C falls by a fifth or more, on both sets).',
    check: (spectra) =>
      all(
        ...splits.map((split): Finding => {
          const { first, last: end } = spectra[split];
          const words = `${split}: ${percent(first.tail)} of the trace beyond mode C at first, ${percent(end.tail)} at last`;
          return margin(first.tail === 0 ? 1 : end.tail / first.tail, { pass: 0.8, fail: 1 }, words);
        }),
      ),
  },
  {
    id: 'fig8.power',
    figure: 'fig8',
    place: 'Section VI, on Fig. 8',
    statement: 'The target moves into the NTK’s leading modes (C(C) rises by 0.05 or more, on both sets).',
    check: (spectra) =>
      all(
        ...splits.map((split): Finding => {
          const { first, last: end } = spectra[split];
          const words = `${split}: C(C) from ${decimal(first.power)} to ${decimal(end.power)}`;
          return margin(end.power - first.power, { pass: 0.05, fail: 0 }, words);
        }),
      ),
  },
];
