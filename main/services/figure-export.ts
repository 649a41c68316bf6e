// `figure.export`: a figure as a file, of the library's numbers or of those that a file carried.
import type { CallParsed, CallResults } from '../contract/calls.ts';
import { badInput } from '../contract/errors.ts';
import type { FigureData, FigureRequest } from '../contract/figures.ts';
import type { Library } from '../store/index.ts';
import type { DrawFigure } from './index.ts';
import { runsNamed, titleOf } from './named-runs.ts';

interface Around {
  library: Library;
  figureData: (request: FigureRequest) => Promise<FigureData>;
  drawFigure: DrawFigure;
}

/** What the runs of a figure are called: of those in the library their name there, of others that in the data. */
function titleIn(data: FigureData): string {
  const [first] = 'sources' in data ? data.sources : [data.source];
  return first ? first.name || first.run : '';
}

export async function exportFigure(
  { request, data: given, style, format, scale }: Omit<CallParsed<'figure.export'>, 'ticket'>,
  { library, figureData, drawFigure }: Around,
): Promise<CallResults['figure.export']> {
  if (given && given.kind !== request.kind) throw badInput(`data.kind: expected ${request.kind}, as is asked for, got ${given.kind}`);
  const data = given ?? (await figureData(request));
  // Names and prefixes of ids may mean other runs one day; the same figure is the same file, however it was asked for.
  const runs = given ? request.runs : [...new Set(request.runs.flatMap((ref) => runsNamed(library, ref)))];
  const { bytes, mime } = await drawFigure(data, style, format, { request: { ...request, runs }, ...(scale !== undefined && { scale }) });
  const title = given ? titleIn(given) : titleOf(library, request.runs);
  const fileName = `${title} ${request.kind}`.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+/, '');
  return { fileName: `${fileName}.${format}`, mime, bytes };
}
