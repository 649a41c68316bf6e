// The log of one run, followed while it grows: what was read stays, and only what came after is asked for.
import type { Client } from '../../main/contract/calls.ts';
import type { LogLine } from '../../main/contract/log.ts';
import { throttle } from '../throttle.ts';
import { messageOf } from './notices.svelte.ts';
import { liveMs } from './run-page.svelte.ts';

export class RunLog {
  lines = $state.raw<LogLine[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state('');
  readonly run: string;
  #client: Client;
  #reading = false;
  #again = false;

  constructor(run: string, client: Client) {
    this.run = run;
    this.#client = client;
  }

  /** Reads the log and follows it; call the result to stop. */
  start(): () => void {
    const read = throttle(() => void this.read(), liveMs);
    const stops = [this.#client.onLink((up) => up && read()), this.#client.on('run.log', ({ id }) => id === this.run && read())];
    return () => {
      stops.forEach((stop) => stop());
      read.stop();
    };
  }

  /** Reads the lines after the last one known; a call meanwhile is made up for. */
  async read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#again = false;
        const after = this.lines.at(-1)?.id ?? 0;
        const lines = await this.#client.call('run.log', { run: this.run, after });
        if (lines.length > 0) this.lines = [...this.lines, ...lines];
      } while (this.#again);
      this.state = 'ready';
    } catch (error) {
      this.reason = messageOf(error);
      if (this.state === 'loading') this.state = 'failed';
    } finally {
      this.#reading = false;
    }
  }
}
