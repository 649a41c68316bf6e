// What the log of a run says about its training. States and their reasons are logged by the store, which knows every one.
import type { Provenance } from '../contract/results.ts';

/** resumed: the epoch of the checkpoint that it goes on from */
export const startedLine = (pid: number | null, resumed: number | null): string =>
  `${pid === null ? 'in a process of its own' : `in process ${pid}`}, ${resumed === null ? 'from the beginning' : `from the checkpoint of epoch ${resumed}`}`;

export const beganLine = ({ device, deviceDetail, blas, version, node }: Provenance): string =>
  `on ${device} (${deviceDetail}); ${blas}; Kernelscope ${version}, ${node.startsWith('v') ? `Node ${node}` : node}`;

export const snapshotLine = (epoch: number, seconds?: number): string =>
  `snapshot of epoch ${epoch}${seconds === undefined ? '' : `, analysed in ${Number(seconds.toPrecision(3))} s`}`;

/** The first, second, fourth, eighth … checkpoint of a process: there may be thousands. null: no line for this one */
export const checkpointLine = (count: number, epoch: number): string | null =>
  (count & (count - 1)) === 0 ? `checkpoint of epoch ${epoch}${count > 1 ? `; ${count} so far` : ''}` : null;

const watched = {
  version: 'the version of Kernelscope',
  device: 'the device',
  blas: 'the BLAS',
  platform: 'the platform',
  datasetHash: 'the dataset',
} as const;

/** What is no longer as it was when the run began: the weights may then differ from those of an uninterrupted run. */
export function changesBetween(before: Provenance | null, after: Provenance): string[] {
  if (!before) return [];
  return (Object.keys(watched) as (keyof typeof watched)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => {
      const follows = key === 'datasetHash' ? 'is learned from other samples' : 'may differ in rounding';
      return `${watched[key]} has changed from ${before[key]} to ${after[key]}; what follows ${follows}`;
    });
}
