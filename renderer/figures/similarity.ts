// `layer-similarity` (layers of one model × layers of another) and `kernel-drift` (epoch × epoch): CKA as heat maps.
import type { FigureInputs } from '../../main/contract/figures.ts';
import { driftCaption, similarityCaption } from './caption.ts';
import { heatPanel } from './heat.ts';
import { layerLabel } from './layers.ts';
import { whole, type Drawing, type Layout } from './layout.ts';
import { cut, textWidth, type Letters } from './letters.ts';
import { plain, type Words } from './scene.ts';
import { plainNumber } from './text.ts';

/** `layer of NAME, epoch 3`, the name cut to what fits. */
function layersOf(name: string, epoch: number, room: number, letters: Letters): Words {
  const after = `, epoch ${plainNumber(epoch)}`;
  const width = (text: string) => textWidth(plain(text), letters);
  const short = cut(name, room, (part) => width(`layer of ${part}${after}`));
  // Less than three letters of a name say nothing.
  if (short === name || short.length > 3) return plain(`layer of ${short}${after}`);
  return plain([`layer${after}`, 'layer'].find((text) => width(text) <= room) ?? '');
}

type Heat = Omit<Parameters<typeof heatPanel>[0], 'outer' | 'palette' | 'quantity' | 'bar'>;
/** One heat map of CKA over the whole figure. */
const heatMap = (layout: Layout, heat: Heat): Pick<Drawing, 'plots' | 'finish'> => ({
  plots: [],
  finish: () => [
    heatPanel({ ...heat, outer: whole(layout), palette: layout.palette, quantity: 'CKA', bar: layout.style.legend !== 'none' }),
  ],
});

export function similarityDrawing(input: FigureInputs['layer-similarity'], layout: Layout): Drawing {
  const { sources, epochs, split, layers, values } = input;
  const [first, second] = [sources[0], sources[sources.length - 1]];
  const [rows, columns] = layers.map((names) => names.map(layerLabel));
  const { letters } = layout.palette;
  const named = (label: string) => (/^\d+$/.test(label) ? `layer ${label}` : label);
  return {
    title: sources.length > 1 ? 'CKA between the layers of two models' : 'CKA between the layers of a model',
    caption: similarityCaption(input),
    ...heatMap(layout, {
      values,
      rows,
      columns,
      rowLabel: (room) => layersOf(first.name || first.run, epochs[0], room, letters),
      columnLabel: (room) => layersOf(second.name || second.run, epochs[1], room, letters),
      say: (i, j) => `${named(rows[i])} × ${named(columns[j])}`,
    }),
    table: {
      columns: ['run', 'epoch', 'layer', 'otherRun', 'otherEpoch', 'otherLayer', 'split', 'cka'],
      rows: layers[0].flatMap((layer, i) =>
        layers[1].map((other, j) => [first.run, epochs[0], layer, second.run, epochs[1], other, split, cell(values[i][j])]),
      ),
    },
    facts: { probe: first.probe[split] },
  };
}

export function driftDrawing(input: FigureInputs['kernel-drift'], layout: Layout): Drawing {
  const { source, split, layer, epochs, values } = input;
  const names = epochs.map(plainNumber);
  return {
    title: `CKA of the kernel of ${layer} between epochs`,
    caption: driftCaption(input),
    ...heatMap(layout, {
      values,
      rows: names,
      columns: names,
      rowLabel: () => plain('epoch'),
      columnLabel: () => plain('epoch'),
      say: (i, j) => `epoch ${names[i]} × epoch ${names[j]}`,
    }),
    table: {
      columns: ['run', 'layer', 'split', 'epoch', 'otherEpoch', 'cka'],
      rows: epochs.flatMap((epoch, i) => epochs.map((other, j) => [source.run, layer, split, epoch, other, cell(values[i][j])])),
    },
    facts: { probe: source.probe[split] },
  };
}

const cell = (value: number): number | null => (Number.isFinite(value) ? value : null);
