// A process that holds a library until it is killed: `node owner.ts DIR`.
import { openLibrary } from '../../../main/store/index.ts';
import { checkpoint, config, snapshot, weights } from './support.ts';

const library = openLibrary(process.argv[2], { write: true, owner: 'owner' });
const running = library.runs.create({ name: 'running', config: config(), device: 'auto' }).id;
const queued = library.runs.create({ name: 'queued', config: config(), device: 'auto' }).id;
library.runs.move(running, 'running');
library.runs.started(running, 4242);
library.snapshots.put(running, snapshot(2), weights(2));
library.checkpoints.put(running, checkpoint(2));
process.send?.({ running, queued });
setInterval(() => {}, 1000);
