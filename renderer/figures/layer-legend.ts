// Which colour is which layer: swatches in a row, or in as many rows as it takes.
import { tickWidth } from './letters.ts';
import { byShape, shapeOf, type Palette } from './palette.ts';
import { px } from './px.ts';
import { plain, type Mark } from './scene.ts';
import { dotMark } from './shapes.ts';

const swatch = 8;
const apart = 9;

/** width: pixels that a row may take; title: before the first */
export function layerLegend(labels: readonly string[], colours: readonly string[], palette: Palette, width: number, title = 'layer') {
  const { letters } = palette;
  const { tick, row } = letters;
  const head = title ? tickWidth(plain(title), letters) + apart : 0;
  let [x, line] = [head, 0];
  const entries = labels.map((label, i) => {
    const wide = swatch + 3 + tickWidth(plain(label), letters);
    if (x > head && x + wide > width) [x, line] = [head, line + 1];
    const place = { label, colour: colours[i], x, y: line * row };
    x += wide + apart;
    return place;
  });
  const baseline = tick;
  const marksAt = (left: number, top: number): Mark[] =>
    entries.length === 0
      ? []
      : [
          ...(title
            ? [
                {
                  type: 'text',
                  x: left,
                  y: top + baseline,
                  words: plain(title),
                  size: tick,
                  fill: palette.soft,
                  anchor: 'start',
                } satisfies Mark,
              ]
            : []),
          ...entries.flatMap(({ label, colour, x: at, y }, i): Mark[] => [
            byShape(palette)
              ? dotMark(shapeOf(palette, i), left + at + swatch / 2, top + y + baseline - tick * 0.36, colour, false, palette.ground)
              : {
                  type: 'path',
                  d: `M${px(left + at)} ${px(top + y + baseline - swatch + 0.5)}h${swatch}v${swatch}h${-swatch}Z`,
                  stroke: 'none',
                  width: 0,
                  fill: colour,
                },
            {
              type: 'text',
              x: left + at + swatch + 3,
              y: top + y + baseline,
              words: plain(label),
              size: tick,
              fill: palette.text,
              anchor: 'start',
            },
          ]),
        ];
  return { height: entries.length === 0 ? 0 : (line + 1) * row + 2, marksAt };
}
