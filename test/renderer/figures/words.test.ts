// Words of figures at every size: none on another, none off the page, whichever letters, legend and width are chosen.
import { describe, expect, test } from 'vitest';
import { figureFonts, legendPlacesOf } from '../../../main/contract/figure-style.ts';
import type { FigureData } from '../../../main/contract/figures.ts';
import { sceneOf } from '../../../renderer/figures/index.ts';
import { collisions, outside } from './boxes.ts';
import { driftOf, figures, kinds, modelsOf, similarityOf, source } from './data.ts';

const layers = figures['alignment-by-layer'].layers[0];
/** Besides the usual ones: what strains the room. */
const strained: [string, FigureData][] = [
  ['36 models', { kind: 'alignment-by-model', sources: modelsOf(36).map(() => source), models: modelsOf(36) }],
  ['one run by layer', { kind: 'alignment-by-layer', sources: [source], epoch: [4], layers: [layers] }],
  ['5000 epochs', driftOf([0, 1, 4, 16, 64, 256, 1024, 5000])],
  ['ten layers by ten', similarityOf(10, 10)],
  [
    'six runs',
    {
      kind: 'training',
      sources: Array.from({ length: 6 }, (_, i) => ({ ...source, run: `r${i}`, name: `a rather long name of run ${i}` })),
      metrics: Array.from({ length: 6 }, (_, i) =>
        figures.training.metrics[0].map((m) => ({ ...m, testAccuracy: m.testAccuracy - i / 50 })),
      ),
    },
  ],
];
const all: [string, FigureData][] = [...kinds.map((kind): [string, FigureData] => [kind, figures[kind]]), ...strained];

describe.each(all)('%s', (_, data) => {
  // 12 pt in less than a column leaves no room for a plot.
  test.each([
    [60, [6, 8, 10]],
    [85, [6, 8, 10, 12]],
    [120, [6, 8, 10, 12]],
    [175, [6, 8, 10, 12, 14]],
  ])('%i mm wide, %j pt, every font', (widthMm, sizes) => {
    for (const font of figureFonts)
      for (const textPt of sizes) {
        const scene = sceneOf(data, { widthMm, font, textPt });
        const where = `${widthMm} mm, ${font}, ${textPt} pt`;
        expect([where, collisions(scene)]).toEqual([where, []]);
        expect([where, outside(scene)]).toEqual([where, []]);
      }
  });

  test('every legend, under a title', () => {
    for (const legend of legendPlacesOf(data.kind))
      for (const widthMm of [85, 175])
        for (const textPt of [8, 10]) {
          const scene = sceneOf(data, { widthMm, legend, textPt, title: 'Alignment of every kernel with its target, over training' });
          const where = `${legend}, ${widthMm} mm, ${textPt} pt`;
          expect([where, collisions(scene)]).toEqual([where, []]);
          expect([where, outside(scene)]).toEqual([where, []]);
        }
  });
});
