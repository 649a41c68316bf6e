// What is said over many runs: correlations, Table I, and the verdicts on the paper's statements.
import { brackets, equals, formula, frac, i, minus, n, name, o, root, row, sub, sum, sup } from './math.ts';
import type { Topic } from './topic.ts';

const bar = (letter: string) => `<mover>${i(letter)}<mo>¯</mo></mover>`;
const off = (letter: string) => brackets(sub(i(letter), i('i')), minus, bar(letter));

export const overRuns: readonly Topic[] = [
  {
    id: 'pearson',
    title: 'Pearson correlation and its interval',
    group: 'Over runs',
    also: ['r', 'Fisher', 'confidence interval', 'scatter'],
    formulas: [
      formula(
        'r is the sum of the products of deviations over the root of the product of the sums of their squares',
        i('r'),
        equals,
        frac(row(sum(i('i')), off('x'), off('y')), root(sum(i('i')), sup(off('x'), n(2)), sum(i('i')), sup(off('y'), n(2)))),
      ),
      formula(
        'the 95 percent interval is the hyperbolic tangent of artanh r plus or minus 1.96 over the root of n minus 3',
        name('tanh'),
        brackets(name('artanh'), i('r'), o('±'), frac(n('1.96'), root(i('n'), minus, n(3)))),
      ),
    ],
    letters: 'x, y: two numbers of each run. n: runs that have both.',
    meaning: 'Whether two numbers rise together over runs, from −1 to 1. Where the interval includes 0, the sign is open.',
    misleads: [
      'It sees straight lines only, and a single far run can make or hide it. Look at the scatter.',
      'The interval takes runs as independent draws. Cells of a grid are not draws, and seeds of one config are nearly the same run.',
      'Of forty correlations two leave their 95 % interval by chance.',
    ],
    source: 'Fisher 1921.',
    related: ['table1', 'mean-cka'],
  },
  {
    id: 'table1',
    title: 'Table I',
    group: 'Over runs',
    also: ['correlations', 'Skip', 'Aug.', 'Momentum', 'sweep'],
    formulas: [
      formula('r of each row’s quantity with each column’s, over the runs of a sweep', i('r'), brackets(i('row'), o(','), i('column'))),
    ],
    letters:
      'Skip, Aug., Momentum: 1 with, 0 without. Loss: on training samples. CKA: of the last layer with the target. Avg. CKA: its mean over layers.',
    meaning:
      'What goes together over a sweep: hyperparameters and alignments in the rows; loss, test accuracy and CKA in the columns. The paper’s values stand beside.',
    misleads: [
      'The paper’s own intervals, from 36 models, include 0 for every r between −0.33 and 0.33: half of the table has no certain sign.',
      'Runs that did not fit their training samples change everything; the paper leaves out those under 95 %.',
      'A coefficient of learning rate depends on which rates were tried; the paper does not name them.',
    ],
    source: 'Table I.',
    related: ['pearson', 'verdicts'],
  },
  {
    id: 'verdicts',
    title: 'Passed, failed, undecided',
    group: 'Over runs',
    also: ['reproduce', 'claims', 'statements'],
    formulas: [
      formula(
        'passed where the whole interval lies above the bound, failed where the whole interval lies below it',
        i('low'),
        o('>'),
        i('bound'),
        o(':'),
        i('passed'),
        o(','),
        i('high'),
        o('<'),
        i('bound'),
        o(':'),
        i('failed'),
      ),
    ],
    letters:
      'low, high: ends of the 95 % interval: Student’s t for means over models, Welch for differences of groups, Wilson for shares, Fisher for r, Zou for differences of two r.',
    meaning:
      'Statements of the paper are checked as signs, orders and ranges. Over many models an interval decides, and what it leaves open is undecided. Of a single network there is no interval; there a margin named in the statement decides, with a gap between passing and failing.',
    misleads: [
      'A pass on a small preset is a pass on that preset. What differs from the paper stands above the figures.',
      'Margins are this program’s reading of words such as “significantly”, not the paper’s.',
      'Forty signs at 95 % each: expect one or two wrong by chance.',
    ],
    source: 'Zou 2007 for differences of correlations; the statements name their places in the paper.',
    related: ['table1', 'pearson'],
  },
];
