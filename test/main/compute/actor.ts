// A compute process that does as the name of the first layer says: for tests of the supervisor.
import { KernelscopeError } from '../../../main/contract/errors.ts';
import type { Host } from '../../../main/compute/host.ts';
import type { Down, Up } from '../../../main/compute/protocol.ts';
import { serveJob, type Job, type JobTable } from '../../../main/compute/worker.ts';

const nothing = () => Promise.reject(new Error('not played'));
const forever = () => new Promise<never>((_, reject) => setTimeout(reject, 1e8));

const acts: Record<string, Job<'analyse'>> = {
  async count(_, { ask, tell }) {
    for (let i = 0; i < 5; i++) tell({ kind: 'share', done: i });
    const got = await ask({ kind: 'numbers', of: 'target', from: 0, to: 3 });
    tell({ kind: 'share', done: got ? got[2] : -1 });
    return { layers: [], similarity: [[process.pid]] };
  },
  async crash() {
    process.stderr.write('out of memory in kernel 7\n');
    process.kill(process.pid, 'SIGABRT');
    return forever();
  },
  async exit() {
    process.stderr.write('driver lost\nsecond line\n');
    process.exitCode = 7;
    setTimeout(() => process.exit(), 20);
    return forever();
  },
  async throws() {
    throw new KernelscopeError('failed', 'loss became NaN');
  },
  async bug() {
    throw new TypeError('x is not a function');
  },
  async stops(_, { signal }) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new KernelscopeError('cancelled', 'stopped in epoch 3');
  },
  async deaf(_, { tell }) {
    tell({ kind: 'share', done: 0.5 });
    for (const end = Date.now() + 60_000; Date.now() < end;);
    return forever();
  },
  async impatient(_, { ask }) {
    await ask({ kind: 'numbers', of: 'input', from: 0, to: 1 });
    return { layers: [], similarity: [] };
  },
};
const table: JobTable = {
  train: nothing,
  load: nothing,
  recompute: nothing,
  regress: nothing,
  compare: nothing,
  doctor: nothing,
  devices: nothing,
  import: nothing,
  calibrate: nothing,
  analyse: (input, context) => acts[input.layers[0].name](input, context),
};
// What is played here asks for nothing of a host; the real one would load for half a second.
const host: Host = {
  openDevice: nothing,
  loadDataset: nothing,
  sha256: nothing,
  engine: '',
  platform: '',
  age: () => 0,
  gpuAside: false,
};
process.once('disconnect', () => process.exit(1));
serveJob(
  {
    send: (message: Up) => void process.send?.(process.env.OLD && message.kind === 'hello' ? { ...message, protocol: 0 } : message),
    onMessage: (listener) => process.on('message', (message) => listener(message as Down)),
    leave: () => process.exit(0),
    pid: process.pid,
  },
  table,
  () => host,
);
