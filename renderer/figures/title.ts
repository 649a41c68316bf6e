// A title over a figure, in as many lines as it takes.
import type { Palette } from './palette.ts';
import { widthOf, type Letters } from './letters.ts';
import { bold, type Mark } from './scene.ts';

const edge = 4;
const lineHeight = 1.3;

/** Lines broken between words; a word longer than a line is broken anywhere. */
function linesOf(title: string, room: number, { text, font }: Letters): string[] {
  const fits = (line: string) => widthOf(bold(line), text, font) <= room;
  const lines: string[] = [];
  let line = '';
  for (const word of title.split(/\s+/).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = '';
    for (const letter of word) {
      if (line && !fits(line + letter)) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return line ? [...lines, line] : lines;
}

/** height: what the title takes of the figure's; 0 without one */
export function titleOf(title: string, width: number, palette: Palette): { height: number; marks: Mark[] } {
  const { letters } = palette;
  const lines = linesOf(title, width - 2 * edge, letters);
  if (lines.length === 0) return { height: 0, marks: [] };
  const step = letters.text * lineHeight;
  return {
    height: lines.length * step + letters.text * 0.4,
    marks: lines.map((line, i) => ({
      type: 'text',
      x: width / 2,
      y: letters.text * 0.95 + i * step,
      words: bold(line),
      size: letters.text,
      fill: palette.text,
      anchor: 'middle',
    })),
  };
}
