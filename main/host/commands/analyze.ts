import { badInput, KernelscopeError } from '../../contract/errors.ts';
import { analyseActivations } from '../boot.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { decimal } from '../cli/words.ts';
import { readActivations } from '../activations/read.ts';
import { analysisDocument, type AnalysisDocument } from '../activations/document.ts';

/** ms that pass in silence: most analyses are done by then, and one that is refused says so in one line */
const quiet = 2_000;

function text(d: AnalysisDocument): string {
  const rows = d.layers.map((l) => [
    l.name,
    `${l.features}`,
    decimal(l.cka.target),
    decimal(l.cka.nullTarget),
    decimal(l.debiasedCka.target),
    decimal(l.cka.input),
    decimal(l.kta.target),
    decimal(l.spectrum.nullPower),
  ]);
  rows.push(['mean', '', decimal(d.meanCka.target), '', '', decimal(d.meanCka.input), '', '']);
  const head = ['layer', 'features', 'CKA target', 'by chance', 'debiased', 'CKA input', 'KTA target', 'null power'];
  return `${d.samples} samples, ${d.classes} classes\n${table(head, rows)}`;
}

export const analyze: Command = {
  name: 'analyze',
  summary: 'the same analysis on activations that another program wrote',
  usage: 'FILE.npz|DIR',
  details: [
    'Arrays layer/NAME (P × N or P × …), labels (P integers) or target (P × C), and where there are input (P × …), ids (P), layers (names in order).',
    'DIR holds NPY or safetensors files of these names. The result is JSON, except for a person at a terminal.',
  ],
  flags: { centred: { help: 'spectra of the centred kernel HKH' } },
  words: { least: 1, most: 1, are: 'FILE.npz or DIR' },
  async run(args, { output, program, signal }) {
    const [place] = args.words;
    const activations = await readActivations(place);
    if (activations.ignored.length > 0) output.log(`not used: ${activations.ignored.join(', ')}`);
    const progress = output.progress('analysing');
    try {
      const began = Date.now();
      const result = await analyseActivations(
        { launch: program.launch, log: (line) => output.detail(line) },
        { ...activations, centred: args.on('centred') },
        { signal, onProgress: (share) => Date.now() - began > quiet && progress.update({ done: share, total: 1 }) },
      );
      progress.end();
      const document = analysisDocument(activations, result);
      output.document(document);
      output.line(process.stdout.isTTY ? text(document) : JSON.stringify(document));
    } catch (error) {
      // The analysis names the layer; what file it is from is known here.
      if (error instanceof KernelscopeError && error.code === 'bad-input') throw badInput(`${place}: ${error.message}`);
      throw error;
    } finally {
      progress.end();
    }
  },
};
