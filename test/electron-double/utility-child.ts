// Loaded into a utility process before its own module: gives it `process.parentPort`. Messages that come early wait for a listener.
import { EventEmitter } from 'node:events';

class ParentPortDouble extends EventEmitter {
  #early: unknown[] = [];
  constructor() {
    super();
    process.on('message', (data) => {
      if (this.listenerCount('message') > 0) this.emit('message', { data, ports: [] });
      else this.#early.push(data);
    });
    this.on('newListener', (name) => {
      if (name === 'message') setImmediate(() => this.#early.splice(0).forEach((data) => this.emit('message', { data, ports: [] })));
    });
  }
  postMessage(data: unknown): void {
    process.send?.(data);
  }
}
Object.defineProperty(process.versions, 'electron', { value: '45.0.0-double' });
Object.assign(process, { parentPort: new ParentPortDouble(), type: 'utility' });
