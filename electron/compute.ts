// Compute processes under Electron: utility processes, with the protocol that they have under Node.
import { utilityProcess } from 'electron';
import { finished } from 'node:stream/promises';
import type { Launch } from '../main/host/boot.ts';

/** Starts compute processes from the built `compute.js`. */
export const utilityLauncher =
  (entry: string): Launch =>
  () => {
    const child = utilityProcess.fork(entry, [], { serviceName: 'Kernelscope compute', stdio: 'pipe' });
    const outputs = [child.stdout, child.stderr].filter((s) => s !== null);
    return {
      get pid() {
        return child.pid;
      },
      // Without a pid it has not started, or has ended; its exit tells the rest.
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onOutput: (listener) => {
        for (const output of outputs) output.on('data', (chunk: Buffer) => listener(chunk.toString('utf8')));
      },
      onExit: (listener) => {
        child.once('exit', (code) => {
          // Its last words may still be on their way.
          const said = Promise.allSettled(outputs.map((output) => finished(output)));
          const enough = new Promise((resolve) => setTimeout(resolve, 500));
          void Promise.race([said, enough]).then(() => listener({ code, signal: null }));
        });
      },
      // `child.kill()` only asks; a process that no longer listens has to go too.
      kill: () => {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      },
    };
  };
