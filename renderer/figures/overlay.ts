// `alignment-by-layer` with `overlay`: a line a run, each with its letter and colour, one panel a probe set.
import type { FigureInputs } from '../../main/contract/figures.ts';
import { letterOf, overlayCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { keysOf, layerLabel, layerTable, measureFloor } from './layers.ts';
import { layerLegend } from './layer-legend.ts';
import { columnsOf, measureNames, rowsOf, type Drawing, type Layout } from './layout.ts';
import { ends } from './frame.ts';
import { tickWidth, type Letters } from './letters.ts';
import { distinctNames } from './model-map.ts';
import { shapeOf } from './palette.ts';
import { bold, plain } from './scene.ts';
import { shortened } from './text.ts';

const bothSplits = ['train', 'test'] as const;

/** The name of a run in the legend, as long as it fits into a row. */
function named(letter: string, name: string, room: number, letters: Letters): string {
  for (let n = name.length; n > 8; n--) {
    const words = `${letter} ${shortened(name, n)}`;
    if (tickWidth(plain(words), letters) <= room) return words;
  }
  return `${letter} ${shortened(name, 8)}`;
}

export function overlayDrawing(input: FigureInputs['alignment-by-layer'], layout: Layout): Drawing {
  const { sources, epoch, layers, overlay: side = 'target' } = input;
  const { palette, style, top, width, height, wide } = layout;
  const { letters } = palette;
  const { measure } = style;
  const there = bothSplits.filter((split) => layers.some((run) => run[split].length > 0));
  const lists = layers.flatMap((run) => there.map((split) => run[split].map((a) => layerLabel(a.layer))));
  const longest = lists.reduce((a, b) => (b.length > a.length ? b : a), []);
  const labels = [...new Set([...longest, ...lists.flat()])];
  const colours = sources.map((_, i) => palette.data[i % palette.data.length]);
  const legend = layerLegend(
    (style.legend === 'auto' ? distinctNames(sources.map((s) => s.name || s.run)) : []).map((name, i) =>
      named(letterOf(i), name, width - 40, letters),
    ),
    colours,
    palette,
    width - 20,
    '',
  );
  const around = ends({ letter: 'a', shared: true }, letters);
  const over = height - legend.height >= there.length * (27 + around.top + around.bottom) ? legend.height : 0;
  const curvesOf = (split: 'train' | 'test'): Curve[] =>
    sources.map((_, r): Curve => {
      const values = new Map(layers[r][split].map((a) => [layerLabel(a.layer), a[keysOf[side][measure]]]));
      return {
        points: labels.map((label, x) => ({ x, y: values.get(label) ?? NaN })),
        colour: colours[r],
        shape: shapeOf(palette, r),
        open: split === 'test',
        series: `${letterOf(r)} ${shortened(sources[r].name || sources[r].run, 28)}`,
        name: bold(letterOf(r)),
      };
    });
  const under = { x: 0, y: top + over, width, height: height - over };
  const boxes = wide
    ? columnsOf({ ...layout, top: under.y, height: under.height }, there.length).map((outer) => ({ outer, shared: false }))
    : rowsOf(under, there.length, false, letters);
  const plots = there.map((split, i): PlotSpec => {
    const curves = curvesOf(split);
    return {
      ...boxes[i],
      letter: 'ab'[i],
      x: { type: 'names', names: labels, label: plain('layer') },
      y: { type: 'linear', domain: [measureFloor(curves), 1], label: plain(`${measureNames[measure]} with ${side} (${split})`) },
      palette,
      curves,
      say: (x) => (/^\d/.test(labels[x]) ? `layer ${labels[x]}` : labels[x]),
    };
  });
  return {
    title: `${measureNames[measure]} by layer with the ${side}, a line a run`,
    caption: overlayCaption(input, measure, there),
    plots,
    finish: ([first, ...rest]) =>
      first && over > 0 ? [{ ...first, marks: [...first.marks, ...legend.marksAt(10, top)] }, ...rest] : first ? [first, ...rest] : [],
    table: layerTable(sources, epoch, layers),
    facts: { with: side },
  };
}
