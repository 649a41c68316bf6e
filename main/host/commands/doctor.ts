import { KernelscopeError } from '../../contract/errors.ts';
import type { DoctorReport } from '../../contract/results.ts';
import type { Command } from '../cli/command.ts';
import { bytes } from '../cli/words.ts';

const mark = (fine: boolean) => (fine ? '✓' : '✗');

/** The report, line by line. */
function lines(r: DoctorReport): string[] {
  const checks = (d: DoctorReport['devices'][number]) =>
    d.checks.map(
      (c) => `    ${mark(c.passed)} ${c.name}: deviation ${c.deviation.toExponential(1)} (accepted ${c.tolerance.toExponential(1)})`,
    );
  return [
    `Kernelscope ${r.version}, Node ${r.node}, ${r.platform}`,
    'Devices',
    ...r.devices.flatMap((d) => [`  ${mark(d.usable)} ${d.name}: ${d.reason}`, ...checks(d)]),
    `  auto takes ${r.automatic ?? 'none: no device agrees with known results'}`,
    'Libraries',
    `  ${mark(r.blas.found)} BLAS: ${r.blas.name ? `${r.blas.name}, ` : ''}${r.blas.detail}`,
    `  ${mark(r.lapack.found)} LAPACK: ${r.lapack.detail}`,
    'Datasets',
    ...r.datasets.map((d) => `  ${mark(d.present)} ${d.name}: ${d.detail}`),
    'Library',
    `  ${r.library.path}: ${r.library.present ? `${r.library.runs} runs` : 'not there yet'}; ${bytes(r.freeDiskBytes)} free`,
  ];
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'devices and why each is or is not usable, BLAS, LAPACK, fixtures, datasets, library, free disk',
  usage: '',
  flags: {
    full: { help: 'the whole list on every device: operators, gradients, training runs, NTK, alignments; up to a minute on a slow GPU' },
  },
  words: { least: 0, most: 0, are: '' },
  async run(args, { output, services }) {
    const report = await (await services('read')).call('doctor.run', { full: args.on('full') });
    output.document(report);
    for (const line of lines(report)) output.line(line);
    const failed = report.devices.flatMap((d) => d.checks.filter((c) => !c.passed).map((c) => `${d.name}: ${c.name}`));
    if (failed.length > 0) throw new KernelscopeError('failed', `doctor: these fixtures deviate: ${failed.join('; ')}`);
  },
};
