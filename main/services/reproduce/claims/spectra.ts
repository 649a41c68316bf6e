// Figures 3–5: spectra and target power of the last two layers of three models, before and after training, on the training set. One network
// each, so there is no interval: what counts as a rise, a fall or near is a margin, and stands in the statement's measure.
import { all, decimal, margin, percent, type Claim, type Finding } from '../claim.ts';
import type { Change, ThreeModels, TwoLayers } from '../numbers.ts';

const tails = ({ layer, first, last }: Change) =>
  `${layer}: ${percent(first.tail)} of the trace beyond mode C at first, ${percent(last.tail)} at last`;
const powers = ({ layer, first, last }: Change) => `${layer}: C(C) from ${decimal(first.power)} to ${decimal(last.power)}`;

/** At most half of what was beyond mode C is left. */
const lowRank = (c: Change): Finding => margin(c.first.tail === 0 ? 1 : c.last.tail / c.first.tail, { pass: 0.5, fail: 0.9 }, tails(c));
/** At least half of what was beyond mode C is left. */
const highRank = (c: Change): Finding => margin(c.first.tail === 0 ? 1 : c.last.tail / c.first.tail, { pass: 0.5, fail: 0.25 }, tails(c));
const rises = (c: Change): Finding => margin(c.last.power - c.first.power, { pass: 0.05, fail: 0 }, powers(c));
const nearOne = (c: Change): Finding => margin(c.last.power, { pass: 0.9, fail: 0.8 }, powers(c));
const gain = ({ first, last }: Change) => last.power - first.power;
const named = (what: string, m: TwoLayers) => `${what} (${m.name}, ${percent(m.testAccuracy)})`;

export const spectraClaims: readonly Claim<ThreeModels>[] = [
  {
    id: 'fig3.eigenvalues-grow',
    figure: 'fig3',
    place: 'Section V, on Fig. 3a',
    statement: 'Worst model: its eigenvalues grow in training (the trace by a tenth or more, in both layers).',
    check: ({ worst }) =>
      all(
        ...[worst.before, worst.last].map((c) =>
          margin(
            c.last.trace / c.first.trace,
            { pass: 1.1, fail: 1 },
            `${c.layer}: the trace goes from ${c.first.trace.toPrecision(3)} to ${c.last.trace.toPrecision(3)}`,
          ),
        ),
      ),
  },
  {
    id: 'fig3.stays-high-rank',
    figure: 'fig3',
    place: 'Section V, on Fig. 3a',
    statement: 'Worst model: both kernels keep their high rank (half or more of what lay beyond mode C stays there).',
    check: ({ worst }) => all(highRank(worst.before), highRank(worst.last)),
  },
  {
    id: 'fig3.last-layer-power',
    figure: 'fig3',
    place: 'Section V, on Fig. 3b',
    statement: 'Worst model: in the last layer the target moves into the first C modes (C(C) rises to 0.9 or more).',
    check: ({ worst }) => all(rises(worst.last), nearOne(worst.last)),
  },
  {
    id: 'fig3.layer-before-barely',
    figure: 'fig3',
    place: 'Section V, on Fig. 3b',
    statement: 'Worst model: in the layer before, alignment barely improves (C(C) gains less than half of what it gains in the last).',
    check: ({ worst }) =>
      margin(
        gain(worst.last) > 0 ? gain(worst.before) / gain(worst.last) : Infinity,
        { pass: 0.5, fail: 1 },
        `${powers(worst.before)}; ${powers(worst.last)}`,
      ),
  },
  {
    id: 'fig4.low-rank',
    figure: 'fig4',
    place: 'Section V, on Fig. 4a',
    statement: 'Best model: both kernels come close to rank C (at most half of what lay beyond mode C is left).',
    check: ({ best }) => all(lowRank(best.before), lowRank(best.last)),
  },
  {
    id: 'fig4.power',
    figure: 'fig4',
    place: 'Section V, on Fig. 4b',
    statement: 'Best model: in both layers the target moves into the first C modes (C(C) rises to 0.9 or more).',
    check: ({ best }) => all(rises(best.before), nearOne(best.before), nearOne(best.last), rises(best.last)),
  },
  {
    id: 'fig4.beats-worst',
    figure: 'fig4',
    place: 'Section V, after Fig. 5',
    statement:
      'In the layer before the last the target is better aligned in the best model than in the worst (C(C) higher by 0.05 or more).',
    check: ({ best, worst }) =>
      margin(
        best.before.last.power - worst.before.last.power,
        { pass: 0.05, fail: 0 },
        `${named('C(C) of the best', best)} is ${decimal(best.before.last.power)}, ${named('of the worst', worst)} ${decimal(worst.before.last.power)}`,
      ),
  },
  {
    id: 'fig5.exists',
    figure: 'fig5',
    place: 'Section V; Fig. 5, caption',
    statement: 'A model can have last layers as aligned as the best one’s (CKA within 0.05) and yet be 5 points less accurate or more.',
    check: ({ misled, best }) =>
      all(
        margin(
          best.cka - misled.cka,
          { pass: 0.05, fail: 0.15 },
          `mean CKA of the last two layers: ${named('this model', misled)} ${decimal(misled.cka)}, ${named('the best', best)} ${decimal(best.cka)}`,
        ),
        margin(
          best.testAccuracy - misled.testAccuracy,
          { pass: 0.05, fail: 0.02 },
          `it is ${decimal(100 * (best.testAccuracy - misled.testAccuracy), 1)} points behind`,
        ),
      ),
  },
  {
    id: 'fig5.power-like-best',
    figure: 'fig5',
    place: 'Section V, on Fig. 5b',
    statement: 'Its target power looks like the best model’s in both layers (C(C) within 0.1).',
    check: ({ misled, best }) =>
      all(
        ...(['before', 'last'] as const).map((at) => {
          const [own, other] = [misled[at].last.power, best[at].last.power];
          return margin(
            Math.abs(own - other),
            { pass: 0.1, fail: 0.2 },
            `${misled[at].layer}: C(C) ${decimal(own)}, best ${decimal(other)}`,
          );
        }),
      ),
  },
  {
    id: 'fig5.mixture',
    figure: 'fig5',
    place: 'Section V, on Fig. 5a',
    statement: 'Its spectra are a mixture: the last layer’s like the best model’s, the one before less low in rank than there.',
    check: ({ misled, best, worst }) => {
      const tail = (m: TwoLayers, at: 'before' | 'last') => m[at].last.tail;
      const [toBest, toWorst] = [best, worst].map((m) => Math.abs(tail(misled, 'last') - tail(m, 'last')));
      const values = (at: 'before' | 'last') =>
        `${misled[at].layer}: ${percent(tail(misled, at))} of the trace beyond mode C, best ${percent(tail(best, at))}, worst ${percent(tail(worst, at))}`;
      return all(
        margin(toWorst - toBest, { pass: 0.01, fail: -0.01 }, values('last')),
        margin(tail(misled, 'before') - tail(best, 'before'), { pass: 0.01, fail: 0 }, values('before')),
      );
    },
  },
];
