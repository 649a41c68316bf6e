// A process that supervises one compute process until it is killed: `node parent.ts ENTRY`.
import { createCompute, nodeLauncher } from '../../../main/compute/index.ts';

const job = createCompute({ launch: nodeLauncher(process.argv[2]) }).start('analyse', {
  samples: 3,
  classes: 1,
  inputs: null,
  layers: [{ name: 'stops', features: 1 }],
  centred: false,
});
job.result.catch(() => undefined);
setTimeout(() => process.send?.(job.pid), 400);
