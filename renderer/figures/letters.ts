// The letters of a figure: family, sizes in pixels, and how wide words are in them.
import type { FigureFont } from '../../main/contract/figure-style.ts';
import { stretches, widths } from './font-widths.ts';
import { pt, type Words } from './scene.ts';

/** Families as SVG names them, the first that a machine has; the faces in resources/fonts are among them. */
export const stacks: Record<FigureFont, string> = {
  inter: "Inter, 'Inter Variable', Helvetica, Arial, sans-serif",
  serif: "'STIX Two Text', 'STIX Two', 'Times New Roman', Times, serif",
  helvetica: "Helvetica, Arial, Arimo, 'Liberation Sans', sans-serif",
};

export interface Letters {
  font: FigureFont;
  /** of labels and panel letters */
  text: number;
  /** of ticks, names and legends */
  tick: number;
  /** from one line of small words to the next */
  row: number;
}

/** textPt: of labels; ticks are one point less */
export const lettersOf = (font: FigureFont, textPt: number): Letters => ({
  font,
  text: textPt * pt,
  tick: (textPt - 1) * pt,
  row: Math.round((textPt - 1) * pt * 1.4),
});

const places = new Map<number, number>();
for (const [first, last] of stretches) for (let code = first; code <= last; code++) places.set(code, places.size);
const read = (line: string) => Float64Array.from(line.split(' '), Number);
const faces = Object.fromEntries(Object.entries(widths).map(([font, lines]) => [font, lines.map(read)])) as Record<
  FigureFont,
  Float64Array[]
>;

/** Ems; of what no face has, a square's. */
function em(face: Float64Array, char: string): number {
  const place = places.get(char.codePointAt(0) ?? 0);
  return (place === undefined ? 0 : face[place]) / 1000 || 1;
}

/** Kerning and hinting are not in the widths: this much may be wanting. */
const slack = 1.02;

/** Pixels that words take at a font size. */
export const widthOf = (words: Words, size: number, font: FigureFont = 'inter'): number =>
  words.reduce((sum, w) => {
    const face = faces[font][w.bold ? 1 : w.italic ? 2 : 0];
    return sum + [...w.text].reduce((s, c) => s + em(face, c), 0) * size * (w.raised ? 0.72 : 1);
  }, 0) * slack;

/** Pixels of words as wide as labels, and as ticks, names and legends are. */
export const textWidth = (words: Words, letters: Letters): number => widthOf(words, letters.text, letters.font);
export const tickWidth = (words: Words, letters: Letters): number => widthOf(words, letters.tick, letters.font);

/** Text cut to a width, with an ellipsis where it was cut; '' where not even one letter fits. */
export function cut(text: string, room: number, width: (text: string) => number): string {
  if (width(text) <= room) return text;
  const letters = [...text];
  let [low, high] = [0, letters.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (width(`${letters.slice(0, middle).join('').trimEnd()}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${letters.slice(0, low).join('').trimEnd()}…`;
}
