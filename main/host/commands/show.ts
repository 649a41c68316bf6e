import type { LogLine } from '../../contract/log.ts';
import type { RunDetail, Snapshot, SplitAnalysis } from '../../contract/results.ts';
import { toShowJson } from '../../services/index.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { decimal, duration, percent } from '../cli/words.ts';

function header(r: RunDetail): string[] {
  const f = r.final;
  return [
    `${r.name} (${r.id}): ${r.state}${r.reason ? `, ${r.reason}` : ''}`,
    `  ${r.model} on ${r.dataset}; epoch ${r.epoch} of ${r.epochs}; ${duration(r.seconds)} of compute; created ${r.created}`,
    ...(r.tags.length > 0 ? [`  tags: ${r.tags.join(', ')}`] : []),
    ...(r.note ? [`  note: ${r.note}`] : []),
    ...(f
      ? [
          `  accuracy: train ${percent(f.trainAccuracy)}, test ${percent(f.testAccuracy)}; loss: train ${decimal(f.trainLoss, 4)}, test ${decimal(f.testLoss, 4)}`,
        ]
      : []),
    `  snapshots: ${r.snapshots.join(', ') || 'none yet'}`,
  ];
}

/** CKA of every layer, and of the NTK under them. */
function alignments(which: string, a: SplitAnalysis): string[] {
  const rows = a.layers.map((l) => [
    l.layer,
    `${l.features}`,
    decimal(l.ckaTarget),
    decimal(l.ckaInput),
    decimal(l.nullTarget),
    decimal(l.ktaTarget),
  ]);
  if (a.ntk) rows.push(['ntk', '', decimal(a.ntk.ntkTarget), '', decimal(a.ntk.nullTarget), decimal(a.ntk.kta.ntkTarget)]);
  if (rows.length === 0) return [];
  return ['', table([which, 'features', 'CKA target', 'CKA input', 'by chance', 'KTA target'], rows)];
}

/** A line each: when, at which epoch, how grave, what. */
const logText = (lines: readonly LogLine[]): string =>
  lines.length === 0
    ? 'Nothing was logged.'
    : table(
        ['at (UTC)', 'epoch', 'level', 'what'],
        lines.map(({ at, epoch, level, line }) => [at.slice(0, 19).replace('T', ' '), `${epoch}`, level, line]),
      );

export const show: Command = {
  name: 'show',
  summary: 'one run: config, final metrics, snapshots, where it was made',
  usage: 'RUN [--epoch E] [--log]',
  flags: {
    epoch: { value: 'E', help: 'the snapshot whose alignments are shown; default: the last' },
    log: { help: 'what happened to it, in order' },
  },
  words: { least: 1, most: 1, are: 'RUN' },
  async run(args, { output, services }) {
    const wanted = args.number('epoch', 0, 1e6, true);
    const { call } = await services('read');
    const r = await call('run.get', { run: args.words[0] });
    const epoch = wanted ?? r.snapshots[r.snapshots.length - 1];
    const snapshot: Snapshot | null =
      epoch === undefined || (output.json && wanted === undefined) ? null : await call('run.snapshot', { run: r.id, epoch });
    const log = args.on('log') ? await call('run.log', { run: r.id }) : null;
    const sweeps = (await call('sweep.list', { run: r.id })).map(({ id, name }) => ({ id, name }));
    const { created, tags, note, epoch: done, epochs, reason, seconds, planned } = r;
    output.document({ ...toShowJson(r), created, tags, note, epoch: done, epochs, planned, seconds, reason, sweeps, ...(log && { log }) });
    for (const line of header(r)) output.line(line);
    for (const { id, name } of sweeps) output.line(`  a cell of the sweep ${name} (${id})`);
    if (log) return output.line(`\n${logText(log)}`);
    if (!snapshot) return;
    output.line(`\nAt epoch ${snapshot.epoch}`);
    for (const which of ['train', 'test'] as const) for (const line of alignments(which, snapshot[which])) output.line(line);
  },
};
