// A figure's SVG opened again: the same figure to the byte, and nothing that is not one.
import { describe, expect, test } from 'vitest';
import { parseFigureFile } from '../../../main/contract/figure-file.ts';
import type { FigureData, FigureRequest } from '../../../main/contract/figures.ts';
import { svgOf } from '../../../main/host/draw/figure.ts';
import { figures, kinds, similarityOf } from './data.ts';

const requestOf = (data: FigureData): FigureRequest => ({ kind: data.kind, runs: ['abc123'], epochs: [0, 16] });
const style = { widthMm: 120, title: 'A & "B" <c>', font: 'serif', palette: 'tol', legend: 'right', textPt: 9 } as const;

describe.each(kinds)('%s', (kind) => {
  const data = figures[kind];
  const svg = svgOf(data, style, requestOf(data));

  test('drawn again from what it carries, it is the same file', () => {
    const opened = parseFigureFile(svg, 'a.svg');
    expect(opened.request).toEqual(requestOf(data));
    expect(opened.style).toMatchObject(style);
    expect(svgOf(opened.data, opened.style, opened.request)).toBe(svg);
  });

  test('what outside programs read is where it was', () => {
    const inside = JSON.parse(
      (/<metadata>(.*?)<\/metadata>/s.exec(svg)?.[1] ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    ) as Record<string, unknown>;
    expect(inside).toMatchObject({
      figure: kind,
      caption: expect.any(String) as string,
      columns: expect.any(Array) as [],
      rows: expect.any(Array) as [],
    });
  });

  test.each([
    ['a field more', (entry: Entry) => Object.assign(entry.data, { extra: 1 }), /data is wrong|Unrecognized|unrecognized/i],
    [
      'another kind',
      (entry: Entry) => Object.assign(entry.request, { kind: kind === 'spectrum' ? 'training' : 'spectrum' }),
      /asked for as/,
    ],
    ['a style of the wrong sort', (entry: Entry) => Object.assign(entry.style, { textPt: 900 }), /style\.textPt is wrong/],
    ['a later version', (entry: Entry) => (entry.version = 2), /expected a figure of version 1, got version 2/],
  ])('%s is refused in one line', (_, damage, why) => {
    const other = changed(svg, damage);
    expect(() => parseFigureFile(other, 'a.svg')).toThrow(why);
    expect(messageOf(other)).not.toContain('\n');
  });
});

interface Entry {
  version: number;
  request: Record<string, unknown>;
  style: Record<string, unknown>;
  data: Record<string, unknown>;
}
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const wrapped = (entry: unknown) => `<svg xmlns="http://www.w3.org/2000/svg"><metadata>${escaped(JSON.stringify(entry))}</metadata></svg>`;
function changed(svg: string, damage: (entry: Entry) => unknown): string {
  const { data, request, style: kept } = parseFigureFile(svg, 'a.svg');
  const entry = structuredClone({ version: 1, request, style: kept, data }) as unknown as Entry;
  damage(entry);
  return wrapped({ kernelscope: entry });
}
const messageOf = (svg: string) => {
  try {
    parseFigureFile(svg, 'a.svg');
  } catch (error) {
    return (error as Error).message;
  }
  return 'opened';
};

test.each([
  ['', 'a.svg: expected an SVG that this program exported, got a file without its data'],
  ['<svg/>', 'a.svg: expected an SVG that this program exported, got a file without its data'],
  ['<svg><metadata>not JSON</metadata></svg>', 'a.svg: expected an SVG that this program exported, got a file whose data are not JSON'],
  [
    '<svg><metadata>{"figure":"x"}</metadata></svg>',
    'a.svg: expected an SVG that this program exported, got a file without a figure to open',
  ],
  ['<svg><metadata>[1]</metadata></svg>', 'a.svg: expected an SVG that this program exported, got a file without a figure to open'],
  ['<svg><metadata>null</metadata></svg>', 'a.svg: expected an SVG that this program exported, got a file without a figure to open'],
])('none of ours: %j', (svg, message) => expect(messageOf(svg)).toBe(message));

test('numbers that are not known come back as such; text where a number belongs does not', () => {
  const gap = {
    ...similarityOf(2, 2),
    values: [
      [1, NaN],
      [0.5, 1],
    ],
  };
  const svg = svgOf(gap, {}, requestOf(gap));
  const { data } = parseFigureFile(svg, 'a.svg');
  expect(data.kind === 'layer-similarity' && data.values).toEqual([
    [1, NaN],
    [0.5, 1],
  ]);
  expect(messageOf(changed(svg, (e) => ((e.data['values'] as unknown[][])[0][0] = '<script>')))).toMatch(
    /data\.values\.0\.0 is wrong: expected a number/,
  );
  expect(messageOf(changed(svg, (e) => (e.data['values'] as unknown[][]).pop()))).toMatch(/expected a value for each row and column/);
});

test('another program may write the file anew: a prefix, CDATA, other references', () => {
  const data = figures['kernel-drift'];
  const svg = svgOf(data, style, requestOf(data));
  const json = JSON.stringify({ kernelscope: { version: 1, request: requestOf(data), style, data } });
  const forms = [
    svg.replace('<metadata>', '<metadata id="m1">'),
    svg.replace('<metadata>', '<svg:metadata>').replace('</metadata>', '</svg:metadata>'),
    `<svg><metadata><![CDATA[${json}]]></metadata></svg>`,
    `<svg><metadata>\n${escaped(json).replaceAll('"', '&#34;').replaceAll('A ', '&#x41; ')}\n</metadata></svg>`,
  ];
  for (const form of forms) {
    expect(form).not.toBe(svg);
    const opened = parseFigureFile(form, 'a.svg');
    expect(opened.data).toEqual(parseFigureFile(svg, 'a.svg').data);
    expect(opened.style).toMatchObject(style);
  }
});
