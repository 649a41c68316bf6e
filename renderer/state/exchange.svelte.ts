// What travels between page and host, and other work that takes a while: bundles, datasets. One list of it, for every page.
import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../../main/contract/calls.ts';
import type { Task } from '../../main/contract/calls/tasks.ts';
import type { DatasetImport } from '../../main/contract/datasets.ts';
import type { Desktop } from '../../main/contract/desktop.ts';
import { saveBlob } from '../save.ts';
import { receiveFile, sendFiles, type NamedFile } from '../transfer.ts';
import { taskText, type Activity } from './activity.ts';
import { messageOf, type Notices } from './notices.svelte.ts';

const shownDone = 10_000; // ms for which a success stays in the list

export class Exchange {
  /** tasks of the host that ran while this page was open */
  #tasks = new SvelteMap<string, Task>();
  /** files on their way to the host */
  #sending = new SvelteMap<string, Activity>();
  #stops = new SvelteMap<string, AbortController>();
  /** tasks that this page waits for */
  #waiting = new SvelteMap<string, (task: Task) => void>();
  #next = 1;
  readonly activities = $derived<Activity[]>([...this.#sending.values(), ...[...this.#tasks.values()].map(taskText)]);
  /** what the newest import of each dataset made and left out */
  imports = $state.raw<Readonly<Record<string, DatasetImport>>>({});
  #client: Client;
  #desktop: Desktop | null;
  #notices: Notices;

  constructor(client: Client, desktop: Desktop | null, notices: Notices) {
    this.#client = client;
    this.#desktop = desktop;
    this.#notices = notices;
  }

  /** Follows the host's tasks; call the result to stop. */
  start(): () => void {
    const stops = [this.#client.on('task.changed', (task) => this.#changed(task)), this.#client.onLink((up) => up && void this.#read())];
    return () => stops.forEach((stop) => stop());
  }

  async #read(): Promise<void> {
    try {
      const now = await this.#client.call('task.list', {});
      // Those that ended while the link was down are told as well; what was over before this page came is history.
      for (const task of now) if (task.state === 'running' || this.#tasks.has(task.id)) this.#changed(task);
      for (const [id, { state }] of this.#tasks) if (state === 'running' && !now.some((t) => t.id === id)) this.#tasks.delete(id);
    } catch (error) {
      this.#notices.failed(error);
    }
  }

  #changed(task: Task): void {
    const before = this.#tasks.get(task.id)?.state;
    this.#tasks.set(task.id, task);
    if (task.state === 'running' || before === task.state) return;
    if (task.kind === 'dataset-import' && task.result) this.imports = { ...this.imports, [task.result.name]: task.result };
    this.#waiting.get(task.id)?.(task);
    this.#waiting.delete(task.id);
    if (task.state !== 'failed') setTimeout(() => this.dismiss(task.id), shownDone);
  }

  /** The runs of bundles into the library, one after the other. */
  async importBundles(files: readonly NamedFile[]): Promise<void> {
    for (const file of files) await this.#send(file.name, [file], (upload) => this.#client.call('library.import', { upload }));
  }

  /** A dataset from files; answers whether it was begun. */
  importDataset(files: readonly NamedFile[], name: string, seed: number): Promise<boolean> {
    return this.#send(name, files, (upload) => this.#client.call('dataset.import', { upload, name, seed }));
  }

  async fetchDataset(dataset: string): Promise<void> {
    try {
      await this.#client.call('dataset.fetch', { dataset });
    } catch (error) {
      this.#notices.failed(error);
    }
  }

  /** Runs as a bundle: through the save dialog in the desktop app, as a download in a browser. */
  async exportRuns(runs: readonly string[]): Promise<void> {
    try {
      if (this.#desktop) {
        const reply = await this.#desktop.saveBundle([...runs]);
        if (!reply.ok) throw new Error(reply.message);
        return;
      }
      const { task } = await this.#client.call('library.export', { runs: [...runs] });
      const ended = await this.#ended(task);
      if (ended.kind !== 'bundle-export' || !ended.result?.download) return; // its end is in the list
      saveBlob(await receiveFile(this.#client, ended.result.download), ended.result.fileName);
    } catch (error) {
      this.#notices.failed(error);
    }
  }

  async cancel(id: string): Promise<void> {
    const stop = this.#stops.get(id);
    if (stop) return stop.abort();
    try {
      await this.#client.call('task.cancel', { task: id });
    } catch (error) {
      this.#notices.failed(error);
    }
  }

  dismiss(id: string): void {
    this.#tasks.delete(id);
    this.#sending.delete(id);
  }

  /** Settles with a task when it has ended. */
  #ended(id: string): Promise<Task> {
    const known = this.#tasks.get(id);
    if (known && known.state !== 'running') return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  async #send(subject: string, files: readonly NamedFile[], then: (upload: string) => Promise<unknown>): Promise<boolean> {
    const id = `sending-${this.#next++}`;
    const stop = new AbortController();
    const say = (change: Partial<Activity>) =>
      this.#sending.set(id, {
        id,
        kind: 'sending',
        subject,
        title: `Sending ${subject}`,
        state: 'running',
        share: 0,
        secondsLeft: null,
        text: '',
        ...change,
      });
    this.#stops.set(id, stop);
    const begun = performance.now();
    say({});
    try {
      const onProgress = (share: number) => {
        const passed = (performance.now() - begun) / 1000;
        say({ share, secondsLeft: passed > 1 ? (passed / share) * (1 - share) : null });
      };
      await then(await sendFiles(this.#client, files, { signal: stop.signal, onProgress }));
      this.#sending.delete(id);
      return true;
    } catch (error) {
      if (stop.signal.aborted) this.#sending.delete(id);
      else say({ state: 'failed', share: null, text: messageOf(error) });
      return false;
    } finally {
      this.#stops.delete(id);
    }
  }
}
