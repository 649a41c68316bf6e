// Heat maps: square cells at the places of their values, colours that say them, words where they fit.
import { interpolateViridis, rgb } from 'd3';
import { describe, expect, test } from 'vitest';
import { thinned, written } from '../../../renderer/figures/heat.ts';
import { sceneOf } from '../../../renderer/figures/index.ts';
import { lettersOf, widthOf } from '../../../renderer/figures/letters.ts';
import { spell, type Mark, type Panel } from '../../../renderer/figures/scene.ts';
import { driftOf, similarityOf, source } from './data.ts';

const size = lettersOf('inter', 8);
type Path = Extract<Mark, { type: 'path' }>;
const cellsOf = ({ marks, frame }: Panel) =>
  marks
    .filter((m): m is Path => m.type === 'path')
    .map((m) => ({ fill: m.fill, box: /^M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)/.exec(m.d)?.slice(1).map(Number) ?? [] }))
    .filter(({ box }) => box[0] < frame.x + frame.width - 0.5);
const textOf = ({ marks }: Panel) => marks.flatMap((m) => (m.type === 'text' ? [spell(m.words)] : []));

describe.each([
  [3, 3],
  [4, 10],
  [10, 4],
  [1, 1],
])('%i × %i layers', (rows, columns) => {
  const data = similarityOf(rows, columns);
  const [panel] = sceneOf(data).panels;

  test('rows from the top, columns from the left, all square, in viridis', () => {
    const cells = cellsOf(panel);
    expect(cells).toHaveLength(rows * columns);
    const side = panel.frame.width / columns;
    expect(panel.frame.height).toBeCloseTo(side * rows, 6);
    for (const [k, { box, fill }] of cells.entries()) {
      const [i, j] = [Math.floor(k / columns), k % columns];
      for (const [v, wanted] of [
        [box[0], panel.frame.x + j * side],
        [box[1], panel.frame.y + i * side],
        [box[2], side],
        [box[3], side],
      ])
        expect(Math.abs(v - wanted)).toBeLessThan(0.011); // to a hundredth
      expect(rgb(fill ?? '').formatHex()).toBe(rgb(interpolateViridis(data.values[i][j])).formatHex());
    }
  });

  test('the pointer finds every value, and every place within a cell has one', () => {
    expect(panel.spots.map((s) => s.value)).toEqual(data.values.flat());
    expect(panel.spots[0].at).toBe('layer 1 × layer 1');
    expect(new Set(panel.spots.map((s) => s.at)).size).toBe(rows * columns);
    const side = panel.frame.width / columns;
    // The pointer measures vertical distances half, so a cell's corner is sqrt(5)/4 of a side away.
    expect(panel.reach).toBeGreaterThan((Math.sqrt(5) / 4) * side);
  });
});

test('values stand in cells that have room for them, in ink that can be read', () => {
  const small = sceneOf(similarityOf(3, 3)).panels[0];
  expect(textOf(small)).toEqual(expect.arrayContaining(['1.00', '0.72', '0.51']));
  const many = sceneOf(similarityOf(40, 40)).panels[0];
  expect(textOf(many)).not.toContain('1.00');
  expect([written(0.5, 40), written(0.5, 18), written(1, 18), written(0.5, 10)]).toEqual(['0.50', '.50', '1', null]);
  for (const cell of [13, 18, 24, 40]) {
    const text = written(0.88, cell);
    if (text) expect(widthOf([{ text }], size.tick)).toBeLessThan(cell);
  }
  const luminance = (colour: string) => {
    const { r, g, b } = rgb(colour);
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ladder = Array.from({ length: 9 }, (_, i) => i / 8);
  const [panel] = sceneOf({ ...similarityOf(9, 9), values: ladder.map(() => ladder) }).panels;
  const inks = panel.marks.filter((m) => m.type === 'text' && /^#(0{6}|f{6})$/.test(m.fill));
  expect(inks).toHaveLength(81);
  for (const [k, mark] of inks.entries()) {
    if (mark.type !== 'text') continue;
    const [a, b] = [luminance(mark.fill), luminance(interpolateViridis(ladder[k % 9]))].sort((p, q) => q - p);
    expect((a + 0.05) / (b + 0.05)).toBeGreaterThan(4.5); // what WCAG wants of text
  }
});

test('a value that is not known is a grey cell without a word, and an empty field of the table', () => {
  const data = similarityOf(2, 2);
  const scene = sceneOf({
    ...data,
    values: [
      [1, NaN],
      [0.5, 1],
    ],
  });
  expect(scene.panels[0].spots).toHaveLength(3);
  expect(scene.table.rows.map((r) => r.at(-1))).toEqual([1, null, 0.5, 1]);
  expect(JSON.stringify(scene.panels)).not.toMatch(/NaN|null/);
});

test('labels of an axis never touch; the first and the last are there', () => {
  for (const [n, step, width] of [
    [10, 20, 12],
    [30, 9, 24],
    [100, 2.4, 30],
    [2, 5, 30],
    [1, 5, 30],
  ]) {
    const places = Array.from({ length: n }, (_, i) => i * step);
    const chosen = thinned(
      places,
      places.map(() => width),
    );
    expect(chosen[0]).toBe(0);
    if (n * step > 2 * width) expect(chosen.at(-1)).toBe(n - 1);
    for (let k = 1; k < chosen.length; k++) expect(places[chosen[k]] - places[chosen[k - 1]]).toBeGreaterThanOrEqual(width + 3);
  }
});

test('kernel drift: epochs on both axes, tidy rows, the words of the caption', () => {
  const data = driftOf([0, 1, 4, 16, 5000]);
  const scene = sceneOf(data);
  expect(textOf(scene.panels[0]).filter((t) => t === '5000')).toHaveLength(2);
  expect(scene.panels[0].spots[7]).toMatchObject({ at: 'epoch 1 × epoch 4', value: data.values[1][2] });
  expect(scene.table.rows).toHaveLength(25);
  expect(scene.table.rows[7]).toEqual(['abc123', 'layer2', 'test', 1, 4, data.values[1][2]]);
  expect(scene.caption).toContain('layer2');
  expect(sceneOf(driftOf([])).panels[0].spots).toEqual([]);
});

test('models are named on the axes, cut where the plot is short', () => {
  const named = (name: string) => textOf(sceneOf({ ...similarityOf(3, 3), sources: [source, { ...source, name }] }).panels[0]);
  expect(named('m1')).toContain('layer of m1, epoch 16');
  const cut = named('a very long name that no axis of one column could ever hold').find((t) => /^layer of a very.*…, epoch 16$/.test(t));
  expect(widthOf([{ text: cut ?? '' }], size.text)).toBeLessThan(321); // 85 mm
});

test('one run: its two epochs are told apart', () => {
  const data = { ...similarityOf(3, 3), sources: [source] };
  expect(sceneOf(data).caption).toContain('epoch 0 (rows) and 16 (columns)');
  expect(sceneOf({ ...data, epochs: [16, 16] }).caption).not.toContain('rows');
});
