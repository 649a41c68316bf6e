// `ipcMain` and message ports.
import type Electron from 'electron';
import { EventEmitter } from 'node:events';

type Handler = (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown;

export class IpcMainDouble extends EventEmitter implements Pick<Electron.IpcMain, 'handle' | 'removeHandler'> {
  readonly #handlers = new Map<string, Handler>();
  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }
  async invoke(event: Electron.IpcMainInvokeEvent, channel: string, args: unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...args);
  }
}

/** One end of a channel. What arrives before `start` waits. */
export class PortDouble extends EventEmitter implements Pick<Electron.MessagePortMain, 'postMessage' | 'start' | 'close'> {
  /** where messages go: the other end, or across to another process */
  deliver: (data: unknown, ports?: number) => void = () => undefined;
  onClosed: () => void = () => undefined;
  #started = false;
  #closed = false;
  #early: { data: unknown; ports: PortDouble[] }[] = [];

  postMessage(data: unknown): void {
    this.relay(data, 0);
  }
  /** As from a page, which sent so many ports along; here they lead nowhere. */
  relay(data: unknown, ports: number): void {
    if (!this.#closed) this.deliver(structuredClone(data), ports);
  }
  receive(data: unknown, ports = 0): void {
    if (this.#closed) return;
    const message = { data, ports: Array.from({ length: ports }, () => new PortDouble()) };
    if (this.#started) this.emit('message', message);
    else this.#early.push(message);
  }
  start(): void {
    this.#started = true;
    for (const message of this.#early.splice(0)) this.emit('message', message);
  }
  /** Closes this end and tells the other. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClosed();
    this.emit('close');
  }
}

/** `new MessageChannelMain()`. */
export class MessageChannelDouble {
  readonly port1 = new PortDouble();
  readonly port2 = new PortDouble();
  constructor() {
    const join = (from: PortDouble, to: PortDouble) => {
      from.deliver = (data, ports) => queueMicrotask(() => to.receive(data, ports));
      from.onClosed = () => queueMicrotask(() => to.close());
    };
    join(this.port1, this.port2);
    join(this.port2, this.port1);
  }
}
