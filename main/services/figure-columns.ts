// `figure.data` of figures that order runs by a column, or lay two columns against each other.
import { axisColumn, parseOrder, placesBy, type Column } from '../contract/columns.ts';
import { correlated } from '../contract/correlation.ts';
import { badInput } from '../contract/errors.ts';
import type { FigureData, FigureOrder, FigureRequest, FigureSource, ModelPoint } from '../contract/figures.ts';
import type { LayerAlignment, RunDetail } from '../contract/results.ts';
import type { Library } from '../store/index.ts';

const cka = (layers: readonly LayerAlignment[]) => ({
  mean: layers.length === 0 ? null : layers.reduce((sum, l) => sum + l.ckaTarget, 0) / layers.length,
  last: layers.at(-1)?.ckaTarget ?? null,
});

/** A column's value of a run, at its newest snapshot where it is an alignment; null or undefined: it has none. */
export function valueOf(library: Library, { name, field }: Column, run: RunDetail): unknown {
  if (field) return field.read(run);
  const newest = run.snapshots.at(-1);
  const found = cka(newest === undefined ? [] : library.alignments.layers(run.id, newest, 'train'));
  return name === 'meanCkaTrain' ? found.mean : found.last;
}

/** What a figure of models shows itself is read from there: it may be of another epoch than the list. */
const ofPoint: Record<string, (m: ModelPoint) => unknown> = {
  trainAccuracy: (m) => m.trainAccuracy,
  testAccuracy: (m) => m.testAccuracy,
  meanCka: (m) => cka(m.layers.test).mean,
  lastCka: (m) => cka(m.layers.test).last,
  meanCkaTrain: (m) => cka(m.layers.train).mean,
  lastCkaTrain: (m) => cka(m.layers.train).last,
};

interface Ordered {
  order: FigureOrder;
  /** places of the runs, in the order */
  places: number[];
}
/** Runs in the order that is asked for. points: what is drawn of each, where the figure is one of models
 *  @throws `bad-input` for what is no column or has no order */
export function inOrder(library: Library, text: string, runs: readonly RunDetail[], points?: readonly ModelPoint[]): Ordered {
  const { column, descending } = parseOrder(text);
  const read = points && Object.hasOwn(ofPoint, column.name) ? ofPoint[column.name] : null;
  const values = runs.map((run, i) => (read ? read((points as readonly ModelPoint[])[i]) : valueOf(library, column, run)));
  const places = placesBy(
    values,
    runs.map((r) => r.name),
    descending,
  );
  return { order: { column: column.name, words: column.words, descending }, places };
}

/** Mean CKA on the test probe against test accuracy, unless other columns are asked for. */
export function scatter(
  library: Library,
  sourceOf: (run: RunDetail) => FigureSource,
  runs: readonly RunDetail[],
  { x = 'meanCka', y = 'testAccuracy', minTrainAccuracy = 0 }: FigureRequest,
): FigureData {
  const kept = runs.filter((r) => (r.trainAccuracy ?? 0) >= minTrainAccuracy);
  if (kept.length === 0) throw badInput(`minTrainAccuracy: none of the ${runs.length} runs reaches ${minTrainAccuracy}`);
  const columns = [axisColumn(x, 'x'), axisColumn(y, 'y')] as const;
  const numbers = columns.map((column) =>
    kept.map((run) => {
      const value = valueOf(library, column, run);
      return typeof value === 'boolean' ? Number(value) : typeof value === 'number' && Number.isFinite(value) ? value : null;
    }),
  );
  const points = kept.flatMap(({ id, name }, i) => {
    const [u, v] = [numbers[0][i], numbers[1][i]];
    return u === null || v === null ? [] : [{ run: id, name, x: u, y: v }];
  });
  const axis = ({ name, words, type }: Column) => ({ column: name, words, truth: type === 'truth' });
  return {
    kind: 'scatter',
    sources: kept.map(sourceOf),
    x: axis(columns[0]),
    y: axis(columns[1]),
    points,
    without: kept.length - points.length,
    correlation: correlated(numbers[0], numbers[1]),
  };
}
