// The compute process as a page: a hidden window that has `navigator.gpu`, where a native module may not hand out a GPU's memory. It speaks
// the protocol of every compute process, over the port that its opener sends it with the message `compute`. What needs files or the machine's
// BLAS stays with processes of Node.
import { KernelscopeError } from '../../contract/errors.ts';
import { createAlgebra } from '../../devices/algebra.ts';
import { openGpu } from '../../devices/webgpu/open.ts';
import type { Down } from '../protocol.ts';
import { serveJob, type Job, type JobTable, type Link } from '../worker.ts';
import { checkParts, conformance, quickParts } from '../conformance/index.ts';

/** The page's own GPU; float64 by our own kernels. */
const open = () => {
  // The types promise it; a browser without WebGPU does not keep that.
  const { gpu } = navigator as { gpu?: GPU };
  if (!gpu) throw new KernelscopeError('failed', 'this page has no WebGPU');
  return openGpu({ gpu, host: 'the browser' }, createAlgebra(null));
};

const absent =
  (name: string): (() => Promise<never>) =>
  () =>
    Promise.reject(new KernelscopeError('failed', `${name}: is done by a process of Node, not by a page`));

const doctor: Job<'doctor'> = async ({ full }, { tell }) => {
  const device = await open();
  try {
    const checks = await checkParts(device, full ? conformance : quickParts, (part) => tell({ kind: 'part', part }));
    const blas = { found: false, name: '', detail: 'a page has no BLAS' };
    return { checks, blas, lapack: device.algebra.lapack };
  } finally {
    device.dispose();
  }
};

const devices: Job<'devices'> = async () => {
  const device = await open();
  const { detail, software } = device;
  device.dispose();
  return [{ name: 'webgpu', usable: true, reason: detail, ...(software && { onlyByName: true }) }];
};

const table: JobTable = {
  doctor,
  devices,
  train: absent('train'),
  recompute: absent('recompute'),
  compare: absent('compare'),
  analyse: absent('analyse'),
  import: absent('import'),
  calibrate: absent('calibrate'),
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
  if (data === 'compute' && port) serveJob(portLink(port), table);
});
