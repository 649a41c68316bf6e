// Calls about figures: what they are drawn from, and figures as files.
import { z } from 'zod';
import { figureData } from '../figure-data.ts';
import {
  alignmentMeasures,
  axisScales,
  figureFonts,
  figurePalettes,
  legendPlaces,
  longestTitle,
  pngScaleRange,
  styleRanges,
  themes,
} from '../figure-style.ts';
import { figureKinds, mostRuns, ridgeRange, type FigureData, type FigureKind } from '../figures.ts';
import { splits } from '../results.ts';
import { ticket } from './compare.ts';
import { epoch, runId } from './parts.ts';

const within = ([least, most]: readonly [number, number]) => z.number().min(least).max(most);
const kinds = figureKinds.map((k) => k.kind) as [FigureKind, ...FigureKind[]];
export const figureRequest = z.strictObject({
  kind: z.enum(kinds),
  runs: z.array(runId).min(1).max(mostRuns),
  epochs: z.array(epoch).max(100).optional(),
  layer: z.string().max(200).optional(),
  splits: z.array(z.enum(splits)).min(1).max(2).optional(),
  minTrainAccuracy: z.number().min(0).max(1).optional(),
  order: z.string().min(1).max(200).optional(),
  to: z.enum(['target', 'input']).optional(),
  overlay: z.boolean().optional(),
  x: z.string().min(1).max(200).optional(),
  y: z.string().min(1).max(200).optional(),
  ridge: within(ridgeRange).optional(),
});

/** One field each; what fits together is for `checkStyle`. */
export const figureStyle = z
  .strictObject({
    widthMm: within(styleRanges.widthMm),
    heightMm: within(styleRanges.heightMm),
    theme: z.enum(themes),
    xScale: z.enum(axisScales),
    yScale: z.enum(axisScales),
    measure: z.enum(alignmentMeasures),
    // XML has no control characters, and half of a surrogate pair is no character.
    title: z
      .string()
      .max(longestTitle)
      .regex(/^[^\p{Cc}\p{Cs}\ufffe\uffff]*$/u, { error: 'expected one line of text' }),
    textPt: within(styleRanges.textPt),
    font: z.enum(figureFonts),
    palette: z.enum(figurePalettes),
    legend: z.enum(legendPlaces),
    xMin: z.number(),
    xMax: z.number(),
    yMin: z.number(),
    yMax: z.number(),
  })
  .partial();

export const figureCalls = {
  /** ticket: as that of `compare.models`; kernels that are formed anew take a while */
  'figure.data': figureRequest.extend({ ticket: ticket.optional() }),
  'figure.export': z.strictObject({
    request: figureRequest,
    /** what a figure is drawn from where that is known: a file that is opened again. The library is then not asked */
    data: figureData.optional(),
    style: figureStyle,
    format: z.enum(['svg', 'png', 'csv']),
    /** pixels per CSS pixel, PNG only: dots an inch / 96 */
    scale: within(pngScaleRange).optional(),
    ticket: ticket.optional(),
  }),
} as const;

export interface FigureResults {
  'figure.data': FigureData;
  'figure.export': { fileName: string; mime: string; bytes: Uint8Array };
}
