// The tokens' colours against the grounds on which they stand (WCAG 2: text 4.5:1, marks 3:1), in both themes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const css = readFileSync(path.join(import.meta.dirname, '../../renderer/styles/tokens.css'), 'utf8');
const block = (selector: string) => css.slice(css.indexOf(`${selector} {`)).split('\n}')[0];
const colours = (text: string) => Object.fromEntries([...text.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map((m) => [m[1], m[2]]));
const light = colours(block(':root'));
const dark = { ...light, ...colours(block(":root[data-theme='dark']")) };

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['bg', 'surface', 'raised'];
const pairs: [least: number, marks: string[], on: string[]][] = [
  [4.5, ['text', 'text-2', 'text-3', 'accent', 'ok', 'warn', 'bad'], grounds],
  [4.5, ['text', 'text-2'], ['hover', 'accent-soft']],
  [4.5, ['accent-text'], ['accent']],
  [3, ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'e1', 'e2', 'e3', 'control-line', 'running'], grounds],
];

test.each([
  ['light', light],
  ['dark', dark],
])('every colour of the %s theme can be told from its ground', (_name, theme) => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  const weak = pairs.flatMap(([least, marks, on]) =>
    marks.flatMap((mark) =>
      on.flatMap((ground) => {
        const ratio = contrast(theme[mark], theme[ground]);
        return ratio < least ? [`${mark} on ${ground}: ${ratio.toFixed(2)} < ${least}`] : [];
      }),
    ),
  );
  expect(weak).toEqual([]);
});
