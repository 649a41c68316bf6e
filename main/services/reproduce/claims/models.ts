// Figure 6 and Table I: what goes together with test accuracy over many models.
import { table1Columns, table1Rows, type Correlation, type Table1Column, type Table1Row } from '../../../contract/sweeps.ts';
import { correlationDifference, correlationInterval } from '../../../sweeps/intervals.ts';
import { paperTable1, type Outcome } from '../../../sweeps/table1.ts';
import { all, decimal, margin, over, percent, span, type Claim, type Finding } from '../claim.ts';
import type { ModelSet } from '../numbers.ts';

/** Of the models that have all of these numbers, each as a list. */
function columns(set: ModelSet, ...keys: readonly (keyof Outcome)[]): number[][] {
  const rows = set.models.map((m) => keys.map((k) => m.outcome[k])).filter((row): row is number[] => row.every((v) => v !== null));
  return keys.map((_, i) => rows.map((row) => row[i]));
}
const stronger = (set: ModelSet, a: keyof Outcome, b: keyof Outcome, with_: keyof Outcome, words: string): Finding => {
  const [x, y, z] = columns(set, a, b, with_);
  return over(correlationDifference(x, y, z), words);
};
const related = (set: ModelSet, a: keyof Outcome, b: keyof Outcome, words: string): Finding => {
  const [x, y] = columns(set, a, b);
  return over(correlationInterval(x, y), words);
};

const figure6: readonly Claim<ModelSet>[] = [
  {
    id: 'fig6.goes-together',
    figure: 'fig6',
    place: 'Fig. 6, caption; Section V',
    statement: 'Test accuracy goes together with the mean CKA over all layers, on training and test samples.',
    check: (set) => all(related(set, 'meanCkaTest', 'accuracy', 'test: r ='), related(set, 'meanCkaTrain', 'accuracy', 'train: r =')),
  },
  {
    id: 'fig6.mean-over-last-test',
    figure: 'fig6',
    place: 'Section V, after Fig. 5',
    statement: 'On test samples, the mean CKA over layers goes with test accuracy more closely than the last layer’s CKA.',
    check: (set) => stronger(set, 'meanCkaTest', 'ckaTest', 'accuracy', 'the first r less the second is'),
  },
  {
    id: 'fig6.mean-over-last-train',
    figure: 'fig6',
    place: 'Section V, after Fig. 5',
    statement: 'On training samples, the mean CKA over layers goes with test accuracy more closely than the last layer’s CKA.',
    check: (set) => stronger(set, 'meanCkaTrain', 'ckaTrain', 'accuracy', 'the first r less the second is'),
  },
  {
    id: 'fig6.range',
    figure: 'fig6',
    place: 'Fig. 1, caption; Section IV',
    statement:
      'Three quarters of the models fit their training samples; their test accuracies lie from 58.2 to 94.7 % (here: within 5 points).',
    equal: ['data.train', 'model.width', 'training.epochs'],
    check: ({ models, trained }) => {
      const found = models.map((m) => m.testAccuracy);
      const [low, high] = [Math.min(...found), Math.max(...found)];
      const near = (value: number, paper: number) => margin(Math.abs(value - paper), { pass: 0.05, fail: 0.1 }, percent(value));
      return {
        ...all(near(low, 0.582), near(high, 0.947), margin(Math.abs(models.length / trained - 0.75), { pass: 0.1, fail: 0.2 }, '')),
        measured: `${models.length} of ${trained} models; test accuracies ${percent(low)} … ${percent(high)}`,
      };
    },
  },
];

const words: readonly Claim<ModelSet>[] = [
  {
    id: 'table1.test-over-train',
    figure: 'table1',
    place: 'Section V',
    statement: 'CKA on test samples goes with test accuracy more closely than CKA on training samples.',
    check: (set) => stronger(set, 'ckaTest', 'ckaTrain', 'accuracy', 'the first r less the second is'),
  },
  {
    id: 'table1.augmentation',
    figure: 'table1',
    place: 'Section V',
    statement: 'Augmentation raises test accuracy, and goes with it more closely than with CKA.',
    check: (set) => {
      const [augment, accuracy, cka] = columns(set, 'augment', 'accuracy', 'ckaTest');
      return all(
        over(correlationInterval(augment, accuracy), 'r with test accuracy ='),
        over(correlationDifference(accuracy, cka, augment), 'less that with CKA (test):'),
      );
    },
  },
  {
    id: 'table1.batch-and-skip',
    figure: 'table1',
    place: 'Section V',
    statement: 'Batch size and skip connections matter less for test accuracy than augmentation.',
    check: (set) =>
      all(
        ...(['batchSize', 'skip'] as const).map((key): Finding => {
          const [augment, other, accuracy] = columns(set, 'augment', key, 'accuracy');
          // Sizes are compared: the other one is turned so that its correlation is positive.
          const sign = (correlationInterval(other, accuracy)?.value ?? 0) < 0 ? -1 : 1;
          const turned = other.map((v) => sign * v);
          return over(
            correlationDifference(augment, turned, accuracy),
            `r of augmentation less |r| of ${key === 'skip' ? 'skip' : 'batch size'}:`,
          );
        }),
      ),
  },
];

const isItself = (row: Table1Row, column: Table1Column) => row === column || (row === 'Acc.' && column === 'Test Acc.');
const slug = (label: string) =>
  label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** The forty entries that are not a column's correlation with itself: each has the paper's sign, beyond doubt. */
const entries: readonly Claim<ModelSet>[] = table1Rows.flatMap((row) =>
  table1Columns
    .filter((column) => !isItself(row, column))
    .map((column): Claim<ModelSet> => {
      const paper = paperTable1[row][table1Columns.indexOf(column)];
      const entry = ({ table }: ModelSet) => table.find((c) => c.row === row && c.column === column) as Correlation;
      return {
        id: `table1.${slug(row)}.${slug(column)}`,
        figure: 'table1',
        place: 'Table I',
        statement: `${row} and ${column}: r is ${paper > 0 ? 'positive' : 'negative'} (${decimal(paper)}).`,
        entry: { row, column, paper },
        check: (set) => {
          const { r, low, high, n } = entry(set);
          if (r === null || low === null || high === null)
            return { verdict: 'undecided', measured: n < 4 ? `r not known from ${n} models` : 'r not known: one of the two does not vary' };
          const [value, from, to] = paper > 0 ? [r, low, high] : [-r, -high, -low];
          const { verdict } = over({ value, low: from, high: to }, '');
          return { verdict, measured: `r = ${span({ value: r, low, high })} over ${n} models`, r: { value: r, low, high } };
        },
      };
    }),
);

export const modelClaims: readonly Claim<ModelSet>[] = [...figure6, ...words, ...entries];
