// A heat map: square cells in one ramp of colours on [0, 1], their values where there is room, a colour bar.
import { lab } from 'd3';
import { lettersOf, tickWidth, type Letters } from './letters.ts';
import type { Palette } from './palette.ts';
import { px } from './px.ts';
import { plain, type Box, type Mark, type Panel, type Spot, type Words } from './scene.ts';
import { fixed } from './text.ts';
import { thinned } from './thin.ts';

export { thinned };

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
  /** whether the bar that says which colour is which value stands right of it */
  bar: boolean;
  say(row: number, column: number): string;
  /** what a cell stands for, where it can be picked */
  key?(row: number, column: number): string;
}

const gap = 3;
const scale = { lead: 10, width: 8 };

/** The value as written into a cell of this size; shorter, then nothing, where it does not fit. */
export function written(value: number, cell: number, letters: Letters = lettersOf('inter', 8)): string | null {
  if (cell < letters.tick + 3) return null;
  const long = fixed(2)(value);
  return [long, long.replace(/^(−?)0\./, '$1.').replace(/^1\.00$/, '1')].find((t) => tickWidth(plain(t), letters) + 2 <= cell) ?? null;
}

export function heatPanel({ outer, palette, values, rows, columns, rowLabel, columnLabel, quantity, bar, say, key }: HeatSpec): Panel {
  const { letters } = palette;
  const { text: big, tick } = letters;
  const widthsOf = (names: readonly string[]) => names.map((n) => tickWidth(plain(n), letters));
  const left = big + 6 + Math.max(0, ...widthsOf(rows)) + gap;
  const beside = scale.lead + Math.max(scale.width + gap + tickWidth(plain('0.5'), letters), tickWidth(plain(quantity), letters)) + 1;
  const right = bar ? beside : Math.max(4, ...widthsOf(columns.slice(-1)).map((w) => w / 2));
  const top = bar ? 1.36 * tick + 4 : 0.4 * tick + 2;
  const bottom = gap + tick + 4 + big + 3;
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
  const wordy = written(0.88, cell, letters) !== null; // not the round ones alone
  for (const i of rows.keys())
    for (const j of columns.keys()) {
      const value = values[i]?.[j] ?? NaN;
      const known = Number.isFinite(value);
      const colour = known ? palette.heat(value) : palette.grid;
      const d = `M${px(middleX(j) - cell / 2)} ${px(middleY(i) - cell / 2)}h${px(cell)}v${px(cell)}h${px(-cell)}Z`;
      marks.push({ type: 'path', d, stroke: colour, width: 0.6, fill: colour }); // the edge closes seams between neighbours
      if (!known) continue;
      const spot = { x: middleX(j), y: middleY(i), at: say(i, j), series: quantity, value, colour: palette.data[1] };
      spots.push(key ? { ...spot, key: key(i, j) } : spot);
      const text = wordy ? written(value, cell, letters) : null;
      // Above this lightness black stands out more, under it white: 4.5 to 1 at least.
      const ink = lab(colour).l > 49.5 ? '#000000' : '#ffffff';
      if (text)
        marks.push({
          type: 'text',
          x: middleX(j),
          y: middleY(i) + tick * 0.36,
          words: plain(text),
          size: tick,
          fill: ink,
          anchor: 'middle',
        });
    }
  const soft = { size: tick, fill: palette.soft };
  const floor = box.y + box.height + gap + tick * 0.85;
  const told = (names: readonly string[]) => [...names.keys()].filter((i) => names[i] !== '');
  const under = told(columns);
  for (const k of thinned(under.map(middleX), widthsOf(under.map((j) => columns[j])))) {
    const j = under[k];
    marks.push({ type: 'text', x: middleX(j), y: floor, words: plain(columns[j]), ...soft, anchor: 'middle' });
  }
  const aside = told(rows);
  const tall = aside.map(() => tick);
  for (const k of thinned(aside.map(middleY), tall, 1)) {
    const i = aside[k];
    marks.push({ type: 'text', x: box.x - gap, y: middleY(i) + tick * 0.36, words: plain(rows[i]), ...soft, anchor: 'end' });
  }
  const label = { size: big, fill: palette.text, anchor: 'middle' } as const;
  marks.push(
    {
      type: 'text',
      x: box.x + box.width / 2,
      y: floor + 4 + big,
      words: columnLabel(box.width + 2 * Math.min(left, right)),
      ...label,
    },
    {
      type: 'text',
      x: box.x - left + big,
      y: box.y + box.height / 2,
      words: rowLabel(box.height + 2 * Math.min(top, bottom)),
      ...label,
      turned: true,
    },
    ...(bar ? barMarks(box, palette, quantity) : []),
  );
  return { frame: box, marks, spots, reach: Math.max(40, cell) };
}

/** from 0 at the foot to 1 */
function barMarks(box: Box, palette: Palette, quantity: string): Mark[] {
  const { tick } = palette.letters;
  const slices = 48;
  const x = box.x + box.width + scale.lead;
  const each = box.height / slices;
  const soft = { size: tick, fill: palette.soft, anchor: 'start' } as const;
  return [
    ...Array.from({ length: slices }, (_, k): Mark => {
      const colour = palette.heat((k + 0.5) / slices);
      const d = `M${px(x)} ${px(box.y + box.height - (k + 1) * each)}h${scale.width}v${px(each)}h${-scale.width}Z`;
      return { type: 'path', d, stroke: colour, width: 0.6, fill: colour };
    }),
    ...(box.height > 3 * tick ? ['0', '0.5', '1'] : ['0', '1']).map((text): Mark => {
      const y = box.y + box.height * (1 - Number(text)) + tick * 0.36;
      return { type: 'text', x: x + scale.width + gap, y, words: plain(text), ...soft };
    }),
    { type: 'text', x, y: box.y - 0.36 * tick - 3, words: plain(quantity), ...soft },
  ];
}
