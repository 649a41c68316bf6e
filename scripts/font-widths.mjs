// `node scripts/font-widths.mjs`: measures the faces in resources/fonts and writes renderer/figures/font-widths.ts.
// A figure is laid out before any renderer has seen its letters, so their advance widths have to be known beforehand.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const faces = {
  inter: ['Inter_400Regular', 'Inter_600SemiBold', 'Inter_400Regular_Italic'],
  serif: ['STIXTwoText_400Regular', 'STIXTwoText_600SemiBold', 'STIXTwoText_400Regular_Italic'],
  helvetica: ['Arimo_400Regular', 'Arimo_700Bold', 'Arimo_400Regular_Italic'],
};
const ranges = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x391, 0x3c9],
  [0x2010, 0x2026],
  [0x2070, 0x2089],
  [0x2190, 0x2193],
  [0x2200, 0x222b],
  [0x2245, 0x2265],
];

/** Advance width of each code point of a TrueType file, in thousandths of an em; 0: no such glyph. */
function widthsOf(file) {
  const b = readFileSync(file);
  const tables = new Map();
  for (let i = 0; i < b.readUInt16BE(4); i++) tables.set(b.toString('latin1', 12 + 16 * i, 16 + 16 * i), b.readUInt32BE(20 + 16 * i));
  const em = b.readUInt16BE(tables.get('head') + 18);
  const metrics = b.readUInt16BE(tables.get('hhea') + 34);
  const glyphOf = characterMap(b, tables.get('cmap'));
  return (code) => {
    const glyph = glyphOf(code);
    return glyph === 0 ? 0 : Math.round((1000 * b.readUInt16BE(tables.get('hmtx') + 4 * Math.min(glyph, metrics - 1))) / em);
  };
}

/** The Unicode map of format 4. */
function characterMap(b, cmap) {
  const maps = Array.from({ length: b.readUInt16BE(cmap + 2) }, (_, i) => cmap + b.readUInt32BE(cmap + 8 + 8 * i));
  const at = maps.find((m) => b.readUInt16BE(m) === 4);
  const n = b.readUInt16BE(at + 6); // twice the number of segments
  const [ends, starts, deltas, offsets] = [at + 14, at + 16 + n, at + 16 + 2 * n, at + 16 + 3 * n];
  return (code) => {
    for (let i = 0; i < n; i += 2) {
      if (code > b.readUInt16BE(ends + i)) continue;
      const start = b.readUInt16BE(starts + i);
      if (code < start) return 0;
      const [delta, offset] = [b.readUInt16BE(deltas + i), b.readUInt16BE(offsets + i)];
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = b.readUInt16BE(offsets + i + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

const codes = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
const lines = Object.entries(faces).map(([family, files]) => {
  const rows = files.map((file) => {
    const width = widthsOf(path.join(root, 'resources/fonts', `${file}.ttf`));
    return `    '${codes.map(width).join(' ')}',`;
  });
  return `  ${family}: [\n${rows.join('\n')}\n  ],`;
});
writeFileSync(
  path.join(root, 'renderer/figures/font-widths.ts'),
  `// Advance widths of the faces in resources/fonts: written by scripts/font-widths.mjs, not by hand.

/** Code points, first and last of each stretch. */
export const stretches = ${JSON.stringify(ranges)} as const;
/** By family: regular, bold, italic; thousandths of an em in the order of the code points, 0 where there is no glyph. */
export const widths = {
${lines.join('\n')}
} as const;
`,
);
