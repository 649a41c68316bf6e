// A compute process of Node whose GPU is a page's, as under Electron.
import { jobs } from '../../../main/compute/jobs/index.ts';
import { nodeHost } from '../../../main/compute/node-host.ts';
import type { Down } from '../../../main/compute/protocol.ts';
import { serveJob } from '../../../main/compute/worker.ts';

process.once('disconnect', () => process.exit(1));
const host = nodeHost({ gpuAside: true });
serveJob(
  {
    send: (message) => void process.send?.(message),
    onMessage: (listener) => process.on('message', (message) => listener(message as Down)),
    leave: () => process.exit(0),
    pid: process.pid,
  },
  jobs,
  () => host,
);
