// The columns that the library's table can show: those of the list, two drawn ones, and every field of the config.
import { fields } from '../../main/contract/config.ts';
import { configPaths, runField } from '../../main/contract/filter.ts';

/** How a column's cells are written or drawn. */
export type CellKind = 'text' | 'setting' | 'measure' | 'epochs' | 'scale' | 'layers' | 'tags' | 'age' | 'time' | 'state';

export interface Column {
  name: string;
  label: string;
  /** what it holds, for the list of columns */
  meaning: string;
  kind: CellKind;
  /** digits after the point, of a measure */
  digits: number;
  /** what a click on its head sorts by */
  sort: string;
  /** least width, px */
  width: number;
  /** numbers stand at the right */
  right: boolean;
  /** comes from training or analysis: a failed run says why in its place */
  measured: boolean;
}

type Known = [name: string, label: string, kind: CellKind, width: number, meaning: string, more?: Partial<Column>];
const known: Known[] = [
  ['state', 'State', 'state', 92, 'queued, running, paused, done, failed, interrupted'],
  ['dataset', 'Dataset', 'text', 90, 'dataset and training samples'],
  ['model', 'Model', 'text', 112, 'the network in a few words'],
  ['epochs', 'Epochs', 'epochs', 80, 'epochs done of those wanted', { right: true }],
  ['epoch', 'Epoch', 'setting', 60, 'epochs done', { right: true }],
  ['trainAccuracy', 'Train acc.', 'measure', 98, 'accuracy on the training samples', { digits: 3 }],
  ['testAccuracy', 'Test acc.', 'measure', 98, 'accuracy on the test samples', { digits: 3 }],
  ['testScale', '0.5 – 1', 'scale', 76, 'test accuracy as a dot on a scale from 0.5 to 1, with a band of ± sd', { sort: 'testAccuracy' }],
  ['cka', 'CKA, layers', 'layers', 76, 'CKA of each layer with the target, 0 to 1, test probe, newest snapshot', { sort: 'lastCka' }],
  ['meanCka', 'mean', 'measure', 48, 'mean over layers of CKA with the target, test probe', { digits: 2 }],
  ['lastCka', 'Last CKA', 'measure', 64, 'CKA of the last layer with the target, test probe', { digits: 2 }],
  ['ntkTarget', 'NTK CKA', 'measure', 64, 'CKA of the NTK with the target, test probe', { digits: 2 }],
  ['seconds', 'Seconds', 'measure', 76, 'seconds of compute so far', { digits: 0 }],
  ['tags', 'Tags', 'tags', 68, 'labels'],
  ['note', 'Note', 'text', 160, 'what was noted'],
  ['id', 'Id', 'text', 72, 'the run’s short name for the command line'],
  ['created', 'Age', 'age', 52, 'when it was put into the library', { right: true }],
];
const shorter: Record<string, string> = {
  'training.optimizer': 'Optimiser',
  'training.learningRate': 'LR',
  'training.batchSize': 'Batch',
  'model.activation': 'Activation',
};

/** `probe.train` → `Probe train`, `batchNorm` → `Batch norm` */
const words = (path: string): string => {
  const text = path
    .split('.')
    .slice(path.startsWith('analysis.probe') ? 1 : -1)
    .join(' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return text[0].toUpperCase() + text.slice(1);
};

function configColumn(path: string): Column {
  const { meaning, default: usual } = fields.find((f) => f.path === path) as (typeof fields)[number];
  const label = shorter[path] ?? words(path);
  const right = typeof usual === 'number';
  const room = { 'training.optimizer': 82, 'training.learningRate': 46, 'training.batchSize': 50, seed: 48 }[path];
  const width = room ?? Math.max(right ? 60 : 84, 22 + 6 * label.length);
  return { name: path, label, meaning, kind: 'setting', digits: 0, sort: path, width, right, measured: false };
}

export const columns: readonly Column[] = [
  ...known.map(([name, label, kind, width, meaning, more = {}]): Column => {
    const measured = kind === 'measure' || kind === 'scale' || kind === 'layers';
    return { name, label, meaning, kind, width, digits: 0, sort: name, right: kind === 'measure', measured, ...more };
  }),
  ...configPaths.map(configColumn),
];
const byName = new Map(columns.map((c) => [c.name, c]));
export const columnNamed = (name: string): Column | undefined => byName.get(name);

export const usualColumns: readonly string[] = [
  ...['dataset', 'model', 'training.optimizer', 'training.learningRate', 'training.batchSize', 'epochs'],
  ...['testAccuracy', 'testScale', 'cka', 'meanCka', 'ntkTarget', 'tags', 'created'],
];
/** Of the usual columns, those that a narrow window can do without, the first to go first. */
const dispensable = [
  'testScale',
  'training.batchSize',
  'cka',
  'tags',
  'training.learningRate',
  'training.optimizer',
  'ntkTarget',
  'meanCka',
  'epochs',
];

/** Room that the table needs beside its columns: box, name, menu, px. */
export const fixedWidth = { box: 34, name: 232, menu: 28 };
export const widthOf = (shown: readonly Column[]): number =>
  fixedWidth.box + fixedWidth.name + fixedWidth.menu + shown.reduce((sum, c) => sum + c.width, 0);

/** The columns to show: the chosen ones, or, where none are chosen, as many of the usual ones as `room` px hold. */
export function shownColumns(chosen: readonly string[], room: number): Column[] {
  const named = (names: readonly string[]) => names.flatMap((n) => byName.get(n) ?? []);
  if (chosen.length > 0) return named(chosen);
  const shown = named(usualColumns);
  for (const name of dispensable) {
    if (widthOf(shown) <= room) break;
    shown.splice(
      shown.findIndex((c) => c.name === name),
      1,
    );
  }
  return shown;
}

/** What a column's cells are read from. */
export const readColumn = (column: Column) => runField(column.sort)?.read ?? (() => undefined);
