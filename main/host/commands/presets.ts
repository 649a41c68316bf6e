import type { Estimate } from '../../contract/results.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { bytes, duration } from '../cli/words.ts';

/** "4 min 10 s, 310 MB memory, 12 MB disk" */
export const cost = (e: Estimate | null): string =>
  e ? `${duration(e.seconds)}, ${bytes(e.memoryBytes)} memory, ${bytes(e.diskBytes)} disk${onGpu(e)}` : 'unknown';

const onGpu = ({ gpuBytes }: Estimate): string => (gpuBytes > 0 ? `, ${bytes(gpuBytes)} on the GPU` : '');

/** Cost by parts, in the order in which it falls due, and where it is from. */
export function costTable(e: Estimate): string {
  const row = (what: string, p: { seconds: number; memoryBytes: number; diskBytes: number }) => [
    what,
    duration(p.seconds),
    bytes(p.memoryBytes),
    bytes(p.diskBytes),
  ];
  const rows = [...e.parts.map((p) => row(p.what, p)), row('together', e)];
  return `${table(['', 'time', 'memory', 'disk'], rows)}\non ${e.device}${onGpu(e)}; ${e.basis}`;
}

export const presets: Command = {
  name: 'presets',
  summary: 'the paper’s experiments, small versions of them and your own presets, with the figures they feed and what they cost here',
  usage: '',
  flags: {},
  words: { least: 0, most: 0, are: '' },
  async run(_, { output, services }) {
    const all = await (await services('read')).call('presets.list', {});
    output.document(all);
    output.line(
      table(
        ['preset', 'feeds', 'costs', 'what'],
        all.map((p) => [
          p.name,
          p.yours ? '(yours)' : p.figures,
          p.sweep ? `${p.sweep.size} runs: ${cost(p.estimate)}` : cost(p.estimate),
          p.title,
        ]),
      ),
    );
  },
};
