// The data of a figure as they come back from a file: every field checked, since anyone may have written it.
import { z } from 'zod';
import type { FigureData } from './figures.ts';
import { splits } from './results.ts';

/** JSON has no NaN: null stands for a number that is not known. */
const number = z
  .custom<number | null>((v) => v === null || typeof v === 'number', { error: 'expected a number' })
  .transform((v) => v ?? NaN);
const known = z.number();
const count = z.number().int().min(0);
const text = z.string().max(1000);
const split = z.enum(splits);

const source = z.strictObject({
  run: text,
  name: text,
  dataset: text,
  model: text,
  parameterisation: text,
  probe: z.strictObject({ train: count, test: count }),
  classes: count,
  centred: z.boolean(),
  convFeatures: z.enum(['flatten', 'mean']).optional(),
});
const metrics = z.strictObject({ epoch: known, trainLoss: number, testLoss: number, trainAccuracy: number, testAccuracy: number });
const layer = z.strictObject({
  layer: text,
  features: count,
  ckaTarget: number,
  ckaInput: number,
  ktaTarget: number,
  ktaInput: number,
  debiasedTarget: number,
  debiasedInput: number,
  nullTarget: number,
});
const layers = z.strictObject({ train: z.array(layer), test: z.array(layer) });
const pairs = { ntkTarget: number, ntkNetwork: number, networkTarget: number, penultimateTarget: number, gradientTarget: number };
const ntk = z.strictObject({
  ...pairs,
  penultimateShare: number,
  gradientShare: number,
  nullTarget: number,
  kta: z.strictObject(pairs),
  parts: z.array(z.strictObject({ layer: text, ckaTarget: number, share: number })),
});
const points = z.array(z.strictObject({ epoch: known, split, ntk }));
const curve = z.strictObject({
  split,
  epoch: known,
  layer: text,
  samples: count,
  features: count,
  eigenvalues: z.array(number),
  power: z.array(number),
  nullPower: number,
  noiseFloor: number,
});
const curves = z.array(curve).min(1);
const errors = { error: number, wrong: number };
const held = { heldError: number, heldErrorSd: number, heldWrong: number, heldWrongSd: number };
const measured = { n: known, error: number, errorSd: number, ...held };
/** What a stored one is read with, too. */
export const learningCurve = z.strictObject({
  split,
  epoch: known,
  layer: text,
  samples: count,
  ridge: known,
  theory: z.array(z.strictObject({ n: known, error: number })),
  measured: z.array(z.strictObject(measured)),
  draws: count,
  network: z.strictObject(errors),
});
const model = z.strictObject({
  run: text,
  name: text,
  label: z.strictObject({
    skip: z.boolean().nullable(),
    augment: z.boolean(),
    batchSize: known,
    optimizer: text,
    learningRate: known,
  }),
  trainAccuracy: number,
  testAccuracy: number,
  epoch: known,
  layers,
});
const models = z.array(model);
const matrix = z.array(z.array(number));
const sources = z.array(source);
const side = z.enum(['target', 'input']);
const order = z.strictObject({ column: text, words: text, descending: z.boolean() });
const axis = z.strictObject({ column: text, words: text, truth: z.boolean() });

const asLong = (...lists: readonly (readonly unknown[])[]) => lists.every((l) => l.length === lists[0].length);
/** Rows by columns. */
const shaped = (values: readonly (readonly unknown[])[], rows: number, columns: number) =>
  values.length === rows && values.every((row) => row.length === columns);
const entries = { error: 'expected as many entries as there are runs' };
const cells = { error: 'expected a value for each row and column', path: ['values'] };

export const figureData = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('training'), sources, metrics: z.array(z.array(metrics)) })
    .refine((d) => asLong(d.sources, d.metrics), entries),
  z
    .strictObject({
      kind: z.literal('alignment-by-layer'),
      sources,
      epoch: z.array(known),
      layers: z.array(layers),
      overlay: side.optional(),
    })
    .refine((d) => asLong(d.sources, d.epoch, d.layers), entries),
  z.strictObject({
    kind: z.literal('alignment-over-epochs'),
    source,
    points: z.array(z.strictObject({ epoch: known, split, layers: z.array(layer) })),
  }),
  z.strictObject({ kind: z.literal('spectrum'), source, curves }),
  z.strictObject({ kind: z.literal('cumulative-power'), source, curves }),
  z.strictObject({ kind: z.literal('learning-curve'), source, ridge: known, curves: z.array(learningCurve).min(1) }),
  z.strictObject({ kind: z.literal('ntk-alignment'), source, metrics: z.array(metrics), points }),
  z.strictObject({ kind: z.literal('ntk-split'), source, points }),
  z
    .strictObject({ kind: z.literal('alignment-by-model'), sources, models, order: order.optional(), to: side.optional() })
    .refine((d) => asLong(d.sources, d.models), entries),
  z
    .strictObject({ kind: z.literal('accuracy-and-mean-cka'), sources, models, order: order.optional() })
    .refine((d) => asLong(d.sources, d.models), entries),
  z
    .strictObject({
      kind: z.literal('layer-similarity'),
      sources: sources.min(1).max(2),
      epochs: z.tuple([known, known]),
      split,
      layers: z.tuple([z.array(text), z.array(text)]),
      values: matrix,
    })
    .refine((d) => shaped(d.values, d.layers[0].length, d.layers[1].length), cells),
  z
    .strictObject({ kind: z.literal('kernel-drift'), source, split, layer: text, epochs: z.array(known), values: matrix })
    .refine((d) => shaped(d.values, d.epochs.length, d.epochs.length), cells),
  z
    .strictObject({
      kind: z.literal('model-similarity'),
      sources,
      epochs: z.array(known),
      layers: z.array(text),
      split,
      values: matrix,
      order: order.nullable(),
    })
    .refine((d) => asLong(d.sources, d.epochs, d.layers), entries)
    .refine((d) => shaped(d.values, d.sources.length, d.sources.length), cells),
  z.strictObject({
    kind: z.literal('scatter'),
    sources,
    x: axis,
    y: axis,
    points: z.array(z.strictObject({ run: text, name: text, x: known, y: known })),
    without: count,
    correlation: z.strictObject({ n: count, r: known.nullable(), low: known.nullable(), high: known.nullable() }),
  }),
]) satisfies z.ZodType<FigureData>;
