// Marks of the page over a figure: pinned runs with letter and colour, and the chosen cell of a map. They are not part of the file.
import { px } from './px.ts';
import { bold, dashes, type Mark, type Panel, type Scene } from './scene.ts';

export interface ShownPin {
  /** id of the run */
  run: string;
  letter: string;
  colour: string;
}

/** A letter in a circle of its colour. */
const badge = ({ ground, text }: Scene, { letter, colour }: ShownPin, x: number, y: number): Mark[] => [
  { type: 'dot', x, y, r: 6.5, stroke: colour, fill: ground },
  { type: 'text', x, y: y + 3.4, words: bold(letter), size: 9.5, fill: text, anchor: 'middle' },
];

/** A dashed line through all panels at each pinned model, with its letter on the first panel's edge. */
export function pinsOnModels(scene: Scene, pins: readonly ShownPin[]): Mark[] {
  const plots = scene.panels.filter((p) => p.spots.length > 0);
  if (plots.length === 0) return [];
  const [first, last] = [plots[0].frame, scene.panels[scene.panels.length - 1].frame];
  return pins.flatMap((pin) => {
    const x = first && plots[0].spots.find((s) => s.key === pin.run)?.x;
    if (x === undefined) return [];
    const line: Mark = {
      type: 'path',
      d: `M${px(x)} ${px(first.y)}V${px(last.y + last.height)}`,
      stroke: pin.colour,
      width: 1.1,
      dash: dashes.rule,
    };
    return [line, ...badge(scene, pin, x, first.y - 3)];
  });
}

/** Letters at rows and columns of pinned models, and a frame around the chosen cell. */
export function pinsOnMap(scene: Scene, pins: readonly ShownPin[], pair: readonly [string, string] | null): Mark[] {
  const panel = scene.panels[0] as Panel | undefined;
  if (!panel) return [];
  const { frame, spots } = panel;
  const letters = pins.flatMap((pin) => {
    const spot = spots.find((s) => s.key === `${pin.run} ${pin.run}`);
    return spot ? [...badge(scene, pin, spot.x, frame.y - 8), ...badge(scene, pin, frame.x - 9, spot.y)] : [];
  });
  const chosen = pair && spots.find((s) => s.key === pair.join(' '));
  if (!chosen) return letters;
  const side = frame.width / Math.max(1, Math.sqrt(spots.length));
  const square = (by: number) =>
    `M${px(chosen.x - side / 2 - by)} ${px(chosen.y - side / 2 - by)}h${px(side + 2 * by)}v${px(side + 2 * by)}h${px(-side - 2 * by)}Z`;
  return [
    { type: 'path', d: square(0), stroke: '#ffffff', width: 2.4 },
    { type: 'path', d: square(1.6), stroke: '#17181c', width: 1.2 },
    ...letters,
  ];
}

/** A letter beside each pinned point. */
export function pinsOnScatter(scene: Scene, pins: readonly ShownPin[]): Mark[] {
  const spots = scene.panels[0]?.spots ?? [];
  return pins.flatMap((pin) => {
    const spot = spots.find((s) => s.key === pin.run);
    return spot ? badge(scene, pin, spot.x, spot.y) : [];
  });
}

/** The next cell of a map in a direction; from none, the first off the diagonal. */
export function moved(scene: Scene, pair: readonly [string, string] | null, key: string): [string, string] | null {
  const spots = scene.panels[0]?.spots ?? [];
  const runs = [...new Set(spots.flatMap((s) => s.key?.split(' ')[0] ?? []))];
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (!step || runs.length < 2) return null;
  if (!pair) return [runs[0], runs[1]];
  const at = pair.map((run, i) => Math.min(runs.length - 1, Math.max(0, runs.indexOf(run) + step[i])));
  return [runs[at[0]], runs[at[1]]];
}
