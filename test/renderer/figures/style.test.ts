// What a style changes, and what it refuses: limits cut, palettes stay apart, titles and letters are drawn, nonsense is one clear line.
import { lab, rgb } from 'd3';
import { describe, expect, test } from 'vitest';
import { figurePalettes, kindChoices, legendPlaces, type FigureStyle } from '../../../main/contract/figure-style.ts';
import { clipped, clippedArea } from '../../../renderer/figures/clip.ts';
import { fullStyle, sceneOf } from '../../../renderer/figures/index.ts';
import { stacks, widthOf } from '../../../renderer/figures/letters.ts';
import { paletteOf } from '../../../renderer/figures/palette.ts';
import { dashes, spell, type Mark, type Scene } from '../../../renderer/figures/scene.ts';
import { svgOf } from '../../../main/host/draw/figure.ts';
import { figures, kinds } from './data.ts';

const marksOf = (scene: Scene) => [...scene.above, ...scene.panels.flatMap((p) => p.marks)];
const words = (scene: Scene) => marksOf(scene).flatMap((m) => (m.type === 'text' ? [spell(m.words)] : []));
const refusal = (kind: (typeof kinds)[number], style: Partial<FigureStyle>) => {
  try {
    sceneOf(figures[kind], style);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'drawn';
};

describe.each(kinds)('%s', (kind) => {
  const usual = sceneOf(figures[kind]);

  test('a title stands over everything and takes no room from the plots', () => {
    const scene = sceneOf(figures[kind], { title: 'Kernels & targets' });
    expect(spell(scene.above.flatMap((m) => (m.type === 'text' ? m.words : [])))).toBe('Kernels & targets');
    expect(scene.heightMm).toBeGreaterThan(usual.heightMm);
    const [line] = scene.above;
    const top = Math.min(...scene.panels.map((p) => p.frame.y));
    expect(line.type === 'text' && line.y).toBeLessThan(top);
    expect(svgOf(figures[kind], { title: 'Kernels & targets' })).toContain('<title>Kernels &amp; targets</title>');
    const [low, high] = [usual, scene].map((s) => s.panels[0].frame.height);
    expect(Math.abs(low - high)).toBeLessThan(4); // heights are whole millimetres
  });

  test('letters are those asked for, in every word', () => {
    for (const font of ['serif', 'helvetica'] as const) {
      const scene = sceneOf(figures[kind], { font, textPt: 10 });
      expect(scene.fonts).toBe(stacks[font]);
      const sizes = new Set(marksOf(scene).flatMap((m) => (m.type === 'text' ? [Math.round(m.size * 75) / 100] : [])));
      expect([...sizes].sort()).toEqual([10, 9]);
    }
  });

  test('every palette has colours of its own', () => {
    const colours = figurePalettes.map((palette) =>
      marksOf(sceneOf(figures[kind], { palette })).flatMap((m) =>
        m.type !== 'text' && m.fill !== 'none' ? [`${m.stroke} ${m.fill}`] : [],
      ),
    );
    expect(new Set(colours.map((c) => c.join())).size).toBe(figurePalettes.length);
  });

  test('a legend where it is wanted, or none, or a refusal', () => {
    const bar = kindChoices[kind].legend === 'bar';
    for (const legend of legendPlaces) {
      const said = refusal(kind, { legend });
      if (bar && legend.includes('-')) expect(said).toMatch(/^legend: expected auto \| right \| none for .*, got (top|bottom)-/);
      else expect(said).toBe('drawn');
    }
    if (kindChoices[kind].legend === 'none') return;
    const right = sceneOf(figures[kind], { legend: 'right' });
    const none = sceneOf(figures[kind], { legend: 'none' });
    const named = (s: Scene) => marksOf(s).flatMap((m) => (m.type === 'text' && m.anchor === 'start' ? [spell(m.words)] : []));
    expect(named(none).length).toBeLessThan(named(right).length);
    const widest = (s: Scene) => Math.max(...s.panels.map((p) => p.frame.x + p.frame.width));
    expect(widest(none)).toBeGreaterThan(widest(right));
    if (bar) return;
    const corner = sceneOf(figures[kind], { legend: 'top-left' });
    const entries = named(right).filter((w) => !named(none).includes(w));
    expect(entries.length).toBeGreaterThan(0);
    expect(words(corner)).toEqual(expect.arrayContaining(entries));
    const [{ frame }] = corner.panels;
    for (const mark of corner.panels[0].marks)
      if (mark.type === 'text' && entries.includes(spell(mark.words)) && mark.anchor === 'start')
        expect(mark.x).toBeLessThan(frame.x + frame.width / 2);
  });

  test('limits: points outside are gone, those inside lie where a scale of the new ends puts them', () => {
    for (const axis of ['x', 'y'] as const) {
      const along = kindChoices[kind][axis];
      const [low, high] = [`${axis}Min`, `${axis}Max`] as const;
      if (typeof along === 'object') {
        expect(refusal(kind, { [low]: 1 })).toBe(
          `${low}: expected none for ${kind}, whose ${axis === 'x' ? 'horizontal' : 'vertical'} axis names ${along.names}, got 1`,
        );
        continue;
      }
      const style = { [low]: axis === 'x' ? 2 : 0.25, [high]: axis === 'x' ? 9 : 0.35 };
      const scene = sceneOf(figures[kind], style);
      const panel = scene.panels[scene.panels.length - 1].spots.length > 0 ? scene.panels[scene.panels.length - 1] : scene.panels[0];
      const before = usual.panels.flatMap((p) => p.spots);
      expect(scene.panels.flatMap((p) => p.spots).length).toBeLessThan(before.length);
      const { frame } = panel;
      for (const mark of panel.marks)
        if (mark.type === 'path' && (mark.dash === dashes.test || mark.width > 1.3) && mark.fill === undefined)
          for (const [, u, v] of mark.d.matchAll(/[ML]([\d.]+) ([\d.]+)/g)) {
            if (mark.d.includes('h18')) continue; // a sample in a legend
            expect(Number(u)).toBeGreaterThan(frame.x - 0.1);
            expect(Number(u)).toBeLessThan(frame.x + frame.width + 0.1);
            expect(Number(v)).toBeGreaterThan(frame.y - 0.1);
            expect(Number(v)).toBeLessThan(frame.y + frame.height + 0.1);
          }
      if (axis === 'y')
        for (const spot of panel.spots) {
          const log = scene.scales.y === 'log';
          const at = log ? Math.log(spot.value / 0.25) / Math.log(1.4) : (spot.value - 0.25) / 0.1;
          expect(spot.y).toBeCloseTo(frame.y + frame.height * (1 - at), 6);
        }
    }
  });

  test('what makes no sense is refused by the name of its field', () => {
    const { x, y } = kindChoices[kind];
    if (x === 'scaled') expect(refusal(kind, { xMin: 5, xMax: 5 })).toBe('xMin: expected less than xMax (5), got 5');
    if (typeof y === 'string') expect(refusal(kind, { yMin: 2, yMax: 1 })).toBe('yMin: expected less than yMax (1), got 2');
    if (y === 'scaled')
      expect(refusal(kind, { yScale: 'log', yMin: 0 })).toMatch(/^yMin: expected more than 0 on a logarithmic axis, got 0$/);
    else expect(refusal(kind, { yScale: 'log' })).toMatch(/^yScale: expected auto \| linear for /);
    if (x !== 'scaled') expect(refusal(kind, { xScale: 'log' })).toMatch(/^xScale: expected auto \| linear for /);
    if (typeof y === 'string')
      expect(refusal(kind, { yMin: 1e9 })).toMatch(/^yMin: expected less than .*, where the data end, got 1000000000$/);
  });
});

test('epochs on a logarithm keep their zero, and go no lower', () => {
  expect(refusal('training', { xScale: 'log', xMin: 0 })).toBe('drawn');
  expect(refusal('training', { xScale: 'log', xMin: -1 })).toBe('xMin: expected 0 or more on a logarithmic axis of epochs, got -1');
});

test('limits of y are those of the loss and the alignment; accuracy beside them keeps its own', () => {
  const ticks = (scene: Scene, panel: number) =>
    scene.panels[panel].marks.flatMap((m) =>
      m.type === 'text' && m.anchor === 'end' && m.x < scene.panels[panel].frame.x ? [spell(m.words)] : [],
    );
  for (const kind of ['training', 'ntk-alignment', 'accuracy-and-mean-cka'] as const) {
    const [usual, cut] = [{}, { yMin: 0.05, yMax: 0.5 }].map((style) => sceneOf(figures[kind], { widthMm: 175, ...style }));
    expect(ticks(cut, 0)).toEqual(ticks(usual, 0));
    expect(ticks(cut, 1)).not.toEqual(ticks(usual, 1));
  }
});

test('a style is whole and always in the same order, so that equal styles make equal files', () => {
  const style = { yMax: 0.9, legend: 'right', title: 'x', widthMm: 85, xMin: 0 } as const;
  const turned = Object.fromEntries(Object.entries(style).reverse()) as Partial<FigureStyle>;
  expect(JSON.stringify(fullStyle('ntk-alignment', style))).toBe(JSON.stringify(fullStyle('ntk-alignment', turned)));
  expect(fullStyle('ntk-alignment', style)).toMatchObject({ ...style, textPt: 8, font: 'inter', palette: 'okabe-ito', theme: 'light' });
});

// Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
const sights = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const linear = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const coded = (v: number) => 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
const channels = (colour: string) => {
  const { r, g, b } = rgb(colour);
  return [r, g, b].map(linear);
};
function seen(colour: string, m: readonly number[]) {
  const c = channels(colour);
  const [r, g, b] = [0, 1, 2].map((i) => coded(Math.min(1, Math.max(0, m[3 * i] * c[0] + m[3 * i + 1] * c[1] + m[3 * i + 2] * c[2]))));
  return lab(rgb(r, g, b));
}
const contrast = (a: string, b: string) => {
  const [x, y] = [a, b].map((colour) => {
    const [r, g, blue] = channels(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue + 0.05;
  });
  return Math.max(x, y) / Math.min(x, y);
};

test.each(['light', 'dark'] as const)('%s: marks of every palette have 3:1 on their ground', (theme) => {
  for (const name of figurePalettes) {
    const palette = paletteOf(theme, name);
    for (const colour of [...palette.data, ...palette.epochs, ...palette.layers(10)])
      expect([name, colour, contrast(colour, palette.ground) >= 3]).toEqual([name, colour, true]);
  }
});

test('Tol’s colours differ for every kind of colour vision, greys by shape', () => {
  const { data } = paletteOf('light', 'tol');
  for (const [name, m] of Object.entries(sights))
    for (let i = 0; i < data.length; i++)
      for (let j = i + 1; j < data.length; j++) {
        const [a, b] = [seen(data[i], m), seen(data[j], m)];
        // 2.3 is a just noticeable difference; four times that is seen at a glance
        expect([name, i, j, Math.hypot(a.l - b.l, a.a - b.a, a.b - b.b) > 9.2]).toEqual([name, i, j, true]);
      }
  const grey = paletteOf('light', 'grey');
  expect(new Set(grey.shapes).size).toBe(6);
  for (const colour of [...grey.data, ...grey.epochs, ...grey.layers(6), grey.heat(0.4)]) {
    const { r, g, b } = rgb(colour);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(1);
  }
});

test('in grey, curves without dots carry some, of another shape each', () => {
  const dotted = (palette: FigureStyle['palette']) =>
    sceneOf(figures.spectrum, { palette, legend: 'none' }).panels[0].marks.filter(
      (m: Mark) => m.type === 'dot' || (m.type === 'path' && m.d.endsWith('Z') && m.width > 0),
    );
  expect(dotted('okabe-ito')).toHaveLength(0);
  expect(dotted('grey').length).toBeGreaterThan(8);
  expect(new Set(dotted('grey').map((m) => m.type))).toEqual(new Set(['dot', 'path']));
});

test('a segment and an area are cut at the edges of a box', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  expect(clipped({ u: -5, v: 5 }, { u: 5, v: 5 }, box)).toEqual([
    { u: 0, v: 5 },
    { u: 5, v: 5 },
  ]);
  expect(clipped({ u: -5, v: 0 }, { u: 5, v: 22 }, box)).toBeNull(); // past the corner (0, 10)
  expect(clipped({ u: 2, v: 2 }, { u: 2, v: 2 }, box)).not.toBeNull();
  const area = clippedArea(
    [
      { u: -5, v: -5 },
      { u: 5, v: -5 },
      { u: 5, v: 5 },
      { u: -5, v: 5 },
    ],
    box,
  );
  const size = Math.abs(area.reduce((s, p, i) => s + p.u * area[(i + 1) % area.length].v - p.v * area[(i + 1) % area.length].u, 0) / 2);
  expect(size).toBeCloseTo(25, 9);
  expect(
    clippedArea(
      [
        { u: 20, v: 20 },
        { u: 30, v: 20 },
        { u: 30, v: 30 },
      ],
      box,
    ),
  ).toEqual([]);
});

test('long titles break into lines that fit', () => {
  const scene = sceneOf(figures.spectrum, { title: `${'word '.repeat(30)}${'x'.repeat(50)}`, textPt: 10 });
  expect(scene.above.length).toBeGreaterThan(2);
  for (const m of scene.above) if (m.type === 'text') expect(widthOf(m.words, m.size, 'inter')).toBeLessThan(scene.width);
});
