// `model-similarity`: CKA of one layer of each model with that of each other, as a heat map.
import type { FigureInputs } from '../../main/contract/figures.ts';
import { modelMapCaption } from './caption.ts';
import { fitting } from './frame.ts';
import { heatPanel } from './heat.ts';
import { whole, type Drawing, type Layout } from './layout.ts';
import { tickWidth, type Letters } from './letters.ts';
import { countedWords } from './models.ts';
import { plain } from './scene.ts';
import { shortened } from './text.ts';

/** Up to so many models stand with their names at the rows; more with numbers. */
const mostNamed = 12;

/** Words that all names have are no help to tell them apart. */
export function distinctNames(names: readonly string[]): string[] {
  const words = names.map((name) => name.split(' '));
  const common = new Set((words[0] ?? []).filter((w) => words.every((all) => all.includes(w))));
  const short = words.map((all) => all.filter((w) => !common.has(w)).join(' '));
  return names.length > 1 && short.every(Boolean) ? short : [...names];
}

/** The names, where they fit into so many pixels; else their places alone, which the caption and the pointer explain: cut names of a sweep
 *  look alike. */
function fitted(names: readonly string[], room: number, letters: Letters): string[] {
  const fits = (text: string) => tickWidth(plain(text), letters) <= room;
  const all = names.map((name, i) => `${name} ${i + 1}`);
  if (all.every(fits)) return all;
  const short = names.map((name, i) => `${shortened(name, 14)} ${i + 1}`);
  return names.some((n) => n.includes('=')) || !short.every(fits) ? names.map((_, i) => String(i + 1)) : short;
}

/** Numbers from 1 on; where not all have room, every second from the first on, or the first and every fifth, tenth, …. room: pixels from one to the next */
export function numbered(n: number, room: number, letters: Letters): string[] {
  const wide = tickWidth(plain(String(n)), letters) + 3;
  const step = [1, 2, 5, 10, 20, 50, 100].find((s) => s * room >= wide) ?? n;
  return Array.from({ length: n }, (_, i) => ((step <= 2 ? i % step === 0 : i === 0 || (i + 1) % step === 0) ? String(i + 1) : ''));
}

export function modelMapDrawing(input: FigureInputs['model-similarity'], layout: Layout): Drawing {
  const { sources, epochs, layers, split, values, order } = input;
  const { letters } = layout.palette;
  const names = sources.map((s) => s.name || s.run);
  // The cells are about as large as the smaller side of the figure leaves them.
  const numbers = numbered(names.length, (Math.min(layout.width, layout.height) - 70) / Math.max(1, names.length), letters);
  const rows = names.length <= mostNamed ? fitted(distinctNames(names), 0.34 * layout.width, letters) : numbers;
  const spoken = distinctNames(names).map((name) => shortened(name, 26));
  return {
    title: 'CKA between models',
    caption: modelMapCaption(input),
    plots: [],
    finish: () => [
      heatPanel({
        outer: whole(layout),
        palette: layout.palette,
        quantity: 'CKA',
        bar: layout.style.legend !== 'none',
        values,
        rows,
        columns: numbers,
        rowLabel: () => plain('model'),
        columnLabel: (room) => fitting(countedWords(names.length, order), room, letters),
        say: (i, j) => `${i + 1}. ${spoken[i]} × ${j + 1}. ${spoken[j]}`,
        key: (i, j) => `${sources[i].run} ${sources[j].run}`,
      }),
    ],
    table: {
      columns: ['run', 'name', 'epoch', 'layer', 'otherRun', 'otherName', 'otherEpoch', 'otherLayer', 'split', 'cka'],
      rows: sources.flatMap((a, i) =>
        sources.map((b, j) => {
          const value = values[i][j];
          return [a.run, a.name, epochs[i], layers[i], b.run, b.name, epochs[j], layers[j], split, Number.isFinite(value) ? value : null];
        }),
      ),
    },
    facts: { models: sources.length, probe: sources[0]?.probe[split] ?? null, order: order?.column ?? null },
  };
}
