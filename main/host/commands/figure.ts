import path from 'node:path';
import type { CallInput, CallResults, Events } from '../../contract/calls.ts';
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { figureKinds, ridgeRange, type FigureKind } from '../../contract/figures.ts';
import { nearest } from '../../contract/nearest.ts';
import { splits, type Split } from '../../contract/results.ts';
import { numberIn, type Args } from '../cli/args.ts';
import type { Services } from '../boot.ts';
import type { Command, Context } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { bytes } from '../cli/words.ts';
import { writeWhole } from '../files.ts';
import { namingFlags, scaleOf, styleFlags, styleOf } from './figure-style.ts';

const howMany = { one: 'one', two: 'one or two', some: 'one or more' } as const;
/** ms that pass in silence: most figures are there by then */
const quiet = 2_000;
const formats = ['svg', 'png', 'csv'] as const;

function kindOf(word: string): FigureKind {
  const known = figureKinds.map((k) => k.kind);
  const kind = known.find((k) => k === word);
  if (kind) return kind;
  const near = nearest(word, known);
  throw badInput(`figure: expected ${known.join(' | ')}, got ${shown(word)}${near ? `; did you mean ${near}?` : ''}`);
}

function formatOf(out: string | undefined): { out: string; format: (typeof formats)[number] } {
  if (out === undefined) throw badInput('--out: expected FILE.svg, FILE.png or FILE.csv, got nothing');
  const format = formats.find((f) => path.extname(out).toLowerCase() === `.${f}`);
  if (!format) throw badInput(`--out: expected FILE.svg, FILE.png or FILE.csv, got ${out}`);
  return { out, format };
}

/** Epochs of `--epoch 0,25 --epoch 100`. */
export const epochsOf = (args: Args): number[] | undefined =>
  args.on('epoch') ? args.texts('epoch').flatMap((t) => t.split(',').map((e) => numberIn('--epoch', e, 0, 1e6, true))) : undefined;

function splitsOf(args: Args): Split[] | undefined {
  if (!args.on('split')) return undefined;
  const words = args.texts('split').flatMap((t) => t.split(','));
  return words.map((w) => {
    const split = splits.find((s) => s === w);
    if (!split) throw badInput(`--split: expected ${splits.join(' | ')}, got ${shown(w)}`);
    return split;
  });
}

/** The figure as a file; kernels that are formed anew for it are watched, and stopped at the signal. */
async function drawn(
  asked: CallInput<'figure.export'>,
  { call, onEvent }: Services,
  { output, signal }: Context,
): Promise<CallResults['figure.export']> {
  const ticket = 'figure';
  const progress = output.progress('forming kernels');
  const began = Date.now();
  const off = onEvent((name, payload) => {
    if (name === 'compare.progress' && Date.now() - began > quiet)
      progress.update({ done: (payload as Events['compare.progress']).done, total: 1 });
  });
  const cancel = () => void call('compare.cancel', { ticket });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await namingFlags(call('figure.export', { ...asked, ticket }));
  } finally {
    signal.removeEventListener('abort', cancel);
    off();
    progress.end();
  }
}

export const figure: Command = {
  name: 'figure',
  summary: 'the figure that the page draws, as SVG, PNG or CSV',
  usage: 'KIND RUN|SWEEP… --out FILE.svg|.png|.csv | --list',
  details: figureKinds.map((k) => `${k.kind}: ${k.shows} (${k.paper})`),
  flags: {
    list: { help: 'names the kinds' },
    out: { value: 'FILE', help: 'where to, and by its ending what: .svg, .png or .csv' },
    epoch: { value: 'E', many: true, help: 'epochs of snapshots, also as 0,25,100' },
    layer: { value: 'L', help: 'a layer’s name, or ntk; of model-similarity also last, #3 or #-2: its place' },
    split: { value: 'train|test', many: true, help: 'which probe set' },
    'min-train-accuracy': { value: 'SHARE', help: 'of figures of models: leaves out those under it, 0 … 1' },
    order: { value: 'FIELD', help: 'of figures of models: a column or config field, -FIELD from the largest down; default: testAccuracy' },
    to: { value: 'target|input', help: 'of alignment-by-model: accuracy over CKA with this kernel; of alignment-by-layer with --overlay' },
    overlay: { help: 'of alignment-by-layer: a line a run, at most six, instead of their mean' },
    x: { value: 'FIELD', help: 'of scatter: a column or config field of numbers; default: meanCka' },
    y: { value: 'FIELD', help: 'of scatter; default: testAccuracy' },
    ridge: { value: 'R', help: 'of learning-curve: λ as a share of the kernel’s mean diagonal element; default: 0.001' },
    ...styleFlags,
  },
  words: { least: 0, most: 501, are: 'KIND RUN…' },
  async run(args, context) {
    const { output, services } = context;
    if (args.on('list')) {
      output.document(figureKinds);
      return output.line(
        table(
          ['kind', 'shows', 'in the paper', 'runs'],
          figureKinds.map((k) => [k.kind, k.shows, k.paper, howMany[k.runs]]),
        ),
      );
    }
    const [word, ...runs] = args.words;
    if (word === undefined) throw badInput('figure: expected KIND RUN… --out FILE or --list, got nothing');
    const kind = kindOf(word);
    if (runs.length === 0) throw badInput(`figure ${kind}: expected RUN, got nothing`);
    const { out, format } = formatOf(args.text('out'));
    const [scale, style] = [scaleOf(args, format, out), styleOf(args)];
    const [epochs, layer, wanted] = [epochsOf(args), args.text('layer'), splitsOf(args)];
    const ridge = args.number('ridge', ...ridgeRange);
    const minTrainAccuracy = args.number('min-train-accuracy', 0, 1);
    const [order, to, x, y] = [args.text('order'), args.choice('to', ['target', 'input']), args.text('x'), args.text('y')];
    const request = {
      kind,
      runs,
      ...(epochs && { epochs }),
      ...(layer !== undefined && { layer }),
      ...(wanted && { splits: wanted }),
      ...(minTrainAccuracy !== undefined && { minTrainAccuracy }),
      ...(order !== undefined && { order }),
      ...(to && { to }),
      ...(args.on('overlay') && { overlay: true }),
      ...(x !== undefined && { x }),
      ...(y !== undefined && { y }),
      ...(ridge !== undefined && { ridge }),
    };
    const made = await drawn({ request, style, format, ...(scale !== undefined && { scale }) }, await services('read'), context);
    await writeWhole(out, made.bytes);
    output.document({ file: out, kind, format, bytes: made.bytes.length });
    output.line(`${out} (${bytes(made.bytes.length)})`);
  },
};
