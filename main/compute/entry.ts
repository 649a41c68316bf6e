// Entry of a compute process, under Electron's utilityProcess.fork or Node's child_process.fork (serialization: advanced).
import { jobs } from './jobs/index.ts';
import { nodeHost } from './node-host.ts';
import type { Down } from './protocol.ts';
import { serveJob, type Link } from './worker.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function electronLink(port: ParentPort): Link {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', ({ data }) => listener(data as Down)),
    leave: () => process.exit(0),
    pid: process.pid,
  };
}

function nodeLink(): Link {
  process.once('disconnect', () => process.exit(1)); // the parent is gone, however it went
  return {
    send: (message) => void process.send?.(message),
    onMessage: (listener) => process.on('message', (message) => listener(message as Down)),
    leave: () => process.exit(0),
    pid: process.pid,
  };
}

const { parentPort } = process as unknown as { parentPort?: ParentPort };
if (!parentPort && !process.send) {
  process.stderr.write('This is the compute process of Kernelscope; the program starts it by itself.\n');
  process.exit(2);
}
const host = nodeHost({ gpuAside: parentPort !== undefined });
serveJob(parentPort ? electronLink(parentPort) : nodeLink(), jobs, () => host);
