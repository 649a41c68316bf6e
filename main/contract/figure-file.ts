// A figure's SVG carries what it was drawn from, so that it can be opened again: written by the drawing, read by the page.
// A file may come from anywhere: its size is bounded, every field is checked, and nothing of its markup is used.
import { z } from 'zod';
import { figureRequest, figureStyle } from './calls/figures.ts';
import { badInput } from './errors.ts';
import { figureData } from './figure-data.ts';
import type { FigureStyle } from './figure-style.ts';
import type { FigureData, FigureRequest } from './figures.ts';

/** What an SVG holds under `kernelscope` in its metadata. */
export interface FigureFile {
  data: FigureData;
  /** what was asked of the library, with the ids of its runs */
  request: FigureRequest;
  style: Partial<FigureStyle>;
}

export const figureFileVersion = 1;
/** Bytes of an SVG that is read at all. */
export const largestFigureFile = 24 * 2 ** 20;

const carried = z.strictObject({
  version: z.literal(figureFileVersion),
  request: figureRequest,
  style: figureStyle,
  data: figureData,
});

/** The entry that is read again by `parseFigureFile`. */
export const entryOf = ({ data, request, style }: FigureFile): { kernelscope: unknown } => ({
  kernelscope: { version: figureFileVersion, request, style, data },
});

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Character references as what they stand for. */
const unescaped = (markup: string): string =>
  markup.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{1,4}));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });

/** The text of the first `<metadata>`, also where another program has written the file anew; null where there is none. */
function metadataOf(svg: string): string | null {
  const start = /<(?:[\w-]+:)?metadata\b[^>]*>/.exec(svg);
  if (!start) return null;
  const from = start.index + start[0].length;
  const end = svg.slice(from).search(/<\/(?:[\w-]+:)?metadata\s*>/);
  if (end < 0) return null;
  const inside = svg.slice(from, from + end).trim();
  const literal = /^<!\[CDATA\[([^]*)\]\]>$/.exec(inside);
  return literal ? literal[1] : unescaped(inside);
}

/** The figure that an SVG of ours carries. name: of the file, for messages
 *  @throws KernelscopeError `bad-input`: one line that says what the file is not */
export function parseFigureFile(svg: string, name: string): FigureFile {
  const foreign = (why: string) => badInput(`${name}: expected an SVG that this program exported, ${why}`);
  const text = metadataOf(svg);
  if (text === null) throw foreign('got a file without its data');
  let inside: unknown;
  try {
    inside = JSON.parse(text);
  } catch {
    throw foreign('got a file whose data are not JSON');
  }
  const entry = typeof inside === 'object' && inside !== null ? (inside as Record<string, unknown>)['kernelscope'] : undefined;
  if (typeof entry !== 'object' || entry === null) throw foreign('got a file without a figure to open');
  const { version } = entry as { version?: unknown };
  if (version !== figureFileVersion)
    throw badInput(`${name}: expected a figure of version ${figureFileVersion}, got version ${JSON.stringify(version) ?? 'none'}`);
  const parsed = carried.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw foreign(`got one whose ${issue.path.map(String).join('.') || 'entry'} is wrong: ${issue.message}`);
  }
  const { data, request, style } = parsed.data;
  if (data.kind !== request.kind) throw foreign(`got data of ${data.kind} asked for as ${request.kind}`);
  return { data, request: withoutGaps(request), style: withoutGaps(style) };
}

/** Without the keys whose value is `undefined`. */
const withoutGaps = <T extends object>(o: T): T => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;
