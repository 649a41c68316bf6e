// The compute process as a page: a hidden window that has `navigator.gpu`, where a native module may not hand out a GPU's memory. It speaks
// the protocol of every compute process, over the port that its opener sends it with the message `compute`, and does the jobs that need a
// GPU; what needs files or the machine's BLAS alone stays with processes of Node.
import { KernelscopeError } from '../../contract/errors.ts';
import { usableReport } from '../../devices/checked.ts';
import { checkParts, conformance, quickParts } from '../conformance/index.ts';
import { calibrate } from '../jobs/calibrate.ts';
import { compare } from '../jobs/compare.ts';
import { recompute } from '../jobs/recompute.ts';
import { regress } from '../jobs/regress.ts';
import { train } from '../jobs/train.ts';
import type { Down } from '../protocol.ts';
import { serveJob, type Job, type JobTable, type Link } from '../worker.ts';
import { openPageGpu, pageHost } from './host.ts';

const absent =
  (name: string): (() => Promise<never>) =>
  () =>
    Promise.reject(new KernelscopeError('failed', `${name}: is done by a process of Node, not by a page`));

const doctor: Job<'doctor'> = async ({ full }, { tell }) => {
  const device = await openPageGpu();
  try {
    const checks = await checkParts(device, full ? conformance : quickParts, (part) => tell({ kind: 'part', part }));
    const blas = { found: false, name: '', detail: 'a page has no BLAS' };
    return { checks, blas, lapack: device.algebra.lapack };
  } finally {
    device.dispose();
  }
};

const devices: Job<'devices'> = async () => {
  const device = await openPageGpu();
  const { detail, software } = device;
  device.dispose();
  return [{ name: 'webgpu', usable: true, ...usableReport(detail, software) }];
};

const table: JobTable = {
  train,
  recompute,
  regress,
  compare,
  calibrate,
  doctor,
  devices,
  load: absent('load'),
  analyse: absent('analyse'),
  import: absent('import'),
};

const portLink = (port: MessagePort): Link => ({
  send: (message) => port.postMessage(message),
  onMessage: (listener) => {
    port.onmessage = ({ data }) => listener(data as Down);
  },
  leave: () => window.close(),
  pid: null,
});

window.addEventListener('message', ({ data, ports: [port] }) => {
  if (data === 'compute' && port) serveJob(portLink(port), table, pageHost);
});
