// Calls about figures: what they are drawn from, and figures as files.
import { z } from 'zod';
import { figureKinds, type FigureData, type FigureKind } from '../figures.ts';
import { splits } from '../results.ts';
import { epoch, runId } from './parts.ts';

const kinds = figureKinds.map((k) => k.kind) as [FigureKind, ...FigureKind[]];
export const figureRequest = z.strictObject({
  kind: z.enum(kinds),
  runs: z.array(runId).min(1).max(500),
  epochs: z.array(epoch).max(100).optional(),
  layer: z.string().max(200).optional(),
  splits: z.array(z.enum(splits)).min(1).max(2).optional(),
  minTrainAccuracy: z.number().min(0).max(1).optional(),
});
export const figureStyle = z
  .strictObject({
    widthMm: z.number().min(30).max(600),
    heightMm: z.number().min(20).max(600),
    theme: z.enum(['light', 'dark']),
    xScale: z.enum(['auto', 'linear', 'log']),
    yScale: z.enum(['auto', 'linear', 'log']),
    measure: z.enum(['cka', 'kta', 'debiased']),
  })
  .partial();

export const figureCalls = {
  'figure.data': figureRequest,
  'figure.export': z.strictObject({
    request: figureRequest,
    style: figureStyle,
    format: z.enum(['svg', 'png', 'csv']),
    /** pixels per CSS pixel, PNG only */
    scale: z.number().min(0.5).max(8).optional(),
  }),
} as const;

export interface FigureResults {
  'figure.data': FigureData;
  'figure.export': { fileName: string; mime: string; bytes: Uint8Array };
}
