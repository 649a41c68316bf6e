// Which colour is which layer: swatches in a row, or in as many rows as it takes.
import { px } from './frame.ts';
import type { Palette } from './palette.ts';
import { plain, size, type Mark } from './scene.ts';
import { widthOf } from './text.ts';

const row = 13;
const swatch = 8;
const apart = 9;

/** width: pixels that a row may take */
export function layerLegend(labels: readonly string[], colours: readonly string[], palette: Palette, width: number) {
  const head = widthOf(plain('layer'), size.tick) + apart;
  let [x, line] = [head, 0];
  const entries = labels.map((label, i) => {
    const wide = swatch + 3 + widthOf(plain(label), size.tick);
    if (x > head && x + wide > width) [x, line] = [head, line + 1];
    const place = { label, colour: colours[i], x, y: line * row };
    x += wide + apart;
    return place;
  });
  const baseline = size.tick;
  const marksAt = (left: number): Mark[] =>
    entries.length === 0
      ? []
      : [
          { type: 'text', x: left, y: baseline, words: plain('layer'), size: size.tick, fill: palette.soft, anchor: 'start' },
          ...entries.flatMap(({ label, colour, x: at, y }): Mark[] => [
            {
              type: 'path',
              d: `M${px(left + at)} ${px(y + baseline - swatch + 0.5)}h${swatch}v${swatch}h${-swatch}Z`,
              stroke: 'none',
              width: 0,
              fill: colour,
            },
            {
              type: 'text',
              x: left + at + swatch + 3,
              y: y + baseline,
              words: plain(label),
              size: size.tick,
              fill: palette.text,
              anchor: 'start',
            },
          ]),
        ];
  return { height: entries.length === 0 ? 0 : (line + 1) * row + 2, marksAt };
}
