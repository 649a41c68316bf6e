// A heat map: square cells in viridis on [0, 1], their values where there is room, a colour bar.
import { interpolateViridis, lab } from 'd3';
import { px } from './frame.ts';
import type { Palette } from './palette.ts';
import { plain, size, type Box, type Mark, type Panel, type Spot, type Words } from './scene.ts';
import { fixed, widthOf } from './text.ts';

export interface HeatSpec {
  outer: Box;
  palette: Palette;
  /** rows from the top; NaN leaves a cell grey */
  values: readonly (readonly number[])[];
  rows: readonly string[];
  columns: readonly string[];
  /** for so many pixels */
  rowLabel(room: number): Words;
  columnLabel(room: number): Words;
  /** over the colour bar, and at the pointer */
  quantity: string;
  say(row: number, column: number): string;
}

const gap = 3;
const bar = { lead: 10, width: 8 };
export const heatColour = (value: number): string => interpolateViridis(Math.min(1, Math.max(0, value)));

/** The value as written into a cell of this size; shorter, then nothing, where it does not fit. */
export function written(value: number, cell: number): string | null {
  if (cell < size.tick + 3) return null;
  const long = fixed(2)(value);
  return [long, long.replace(/^(−?)0\./, '$1.').replace(/^1\.00$/, '1')].find((t) => widthOf(plain(t), size.tick) + 2 <= cell) ?? null;
}

/** The most labels that do not touch, the first and the last among them. places: of their middles; widths: along the axis */
export function thinned(places: readonly number[], widths: readonly number[], least = 3): number[] {
  const clear = (a: number, b: number) => places[b] - widths[b] / 2 - (places[a] + widths[a] / 2) >= least;
  const chosen: number[] = [];
  for (const i of places.keys()) if (chosen.length === 0 || clear(chosen[chosen.length - 1], i)) chosen.push(i);
  const last = places.length - 1;
  if (last > 0 && chosen[chosen.length - 1] !== last) {
    while (chosen.length > 1 && !clear(chosen[chosen.length - 1], last)) chosen.pop();
    if (clear(chosen[chosen.length - 1], last)) chosen.push(last);
  }
  return chosen;
}

export function heatPanel({ outer, palette, values, rows, columns, rowLabel, columnLabel, quantity, say }: HeatSpec): Panel {
  const widthsOf = (names: readonly string[]) => names.map((n) => widthOf(plain(n), size.tick));
  const left = size.text + 6 + Math.max(0, ...widthsOf(rows)) + gap;
  const right = bar.lead + Math.max(bar.width + gap + widthOf(plain('0.5'), size.tick), widthOf(plain(quantity), size.tick)) + 1;
  const top = size.tick + 7;
  const bottom = gap + size.tick + 4 + size.text + 3;
  const room = { width: outer.width - left - right, height: outer.height - top - bottom };
  const cell = Math.max(0.5, Math.min(room.width / Math.max(1, columns.length), room.height / Math.max(1, rows.length)));
  const box: Box = {
    x: outer.x + left + (room.width - cell * columns.length) / 2,
    y: outer.y + top + (room.height - cell * rows.length) / 2,
    width: cell * columns.length,
    height: cell * rows.length,
  };
  const middleX = (j: number) => box.x + cell * (j + 0.5);
  const middleY = (i: number) => box.y + cell * (i + 0.5);
  const marks: Mark[] = [];
  const spots: Spot[] = [];
  for (const i of rows.keys())
    for (const j of columns.keys()) {
      const value = values[i]?.[j] ?? NaN;
      const known = Number.isFinite(value);
      const colour = known ? heatColour(value) : palette.grid;
      const d = `M${px(middleX(j) - cell / 2)} ${px(middleY(i) - cell / 2)}h${px(cell)}v${px(cell)}h${px(-cell)}Z`;
      marks.push({ type: 'path', d, stroke: colour, width: 0.6, fill: colour }); // the edge closes seams between neighbours
      if (!known) continue;
      spots.push({ x: middleX(j), y: middleY(i), at: say(i, j), series: quantity, value, colour: palette.data[1] });
      const text = written(value, cell);
      // Above this lightness black stands out more, under it white: 4.5 to 1 at least.
      const ink = lab(colour).l > 49.5 ? '#000000' : '#ffffff';
      if (text)
        marks.push({
          type: 'text',
          x: middleX(j),
          y: middleY(i) + size.tick * 0.36,
          words: plain(text),
          size: size.tick,
          fill: ink,
          anchor: 'middle',
        });
    }
  const soft = { size: size.tick, fill: palette.soft };
  const floor = box.y + box.height + gap + size.tick * 0.85;
  for (const j of thinned([...columns.keys()].map(middleX), widthsOf(columns)))
    marks.push({ type: 'text', x: middleX(j), y: floor, words: plain(columns[j]), ...soft, anchor: 'middle' });
  const tall = rows.map(() => size.tick);
  for (const i of thinned([...rows.keys()].map(middleY), tall, 1))
    marks.push({ type: 'text', x: box.x - gap, y: middleY(i) + size.tick * 0.36, words: plain(rows[i]), ...soft, anchor: 'end' });
  const label = { size: size.text, fill: palette.text, anchor: 'middle' } as const;
  marks.push(
    {
      type: 'text',
      x: box.x + box.width / 2,
      y: floor + 4 + size.text,
      words: columnLabel(box.width + 2 * Math.min(left, right)),
      ...label,
    },
    {
      type: 'text',
      x: box.x - left + size.text,
      y: box.y + box.height / 2,
      words: rowLabel(box.height + 2 * Math.min(top, bottom)),
      ...label,
      turned: true,
    },
    ...barMarks(box, palette, quantity),
  );
  return { frame: box, marks, spots, reach: Math.max(40, cell) };
}

/** viridis from 0 at the foot to 1 */
function barMarks(box: Box, palette: Palette, quantity: string): Mark[] {
  const slices = 48;
  const x = box.x + box.width + bar.lead;
  const each = box.height / slices;
  const soft = { size: size.tick, fill: palette.soft, anchor: 'start' } as const;
  return [
    ...Array.from({ length: slices }, (_, k): Mark => {
      const colour = heatColour((k + 0.5) / slices);
      const d = `M${px(x)} ${px(box.y + box.height - (k + 1) * each)}h${bar.width}v${px(each)}h${-bar.width}Z`;
      return { type: 'path', d, stroke: colour, width: 0.6, fill: colour };
    }),
    ...(box.height > 3 * size.tick ? ['0', '0.5', '1'] : ['0', '1']).map((text): Mark => {
      const y = box.y + box.height * (1 - Number(text)) + size.tick * 0.36;
      return { type: 'text', x: x + bar.width + gap, y, words: plain(text), ...soft };
    }),
    { type: 'text', x, y: box.y - 6, words: plain(quantity), ...soft },
  ];
}
