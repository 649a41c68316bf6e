// The datasets of the host, kept up to date by its events, and a look into the one that is chosen.
import type { Client } from '../../main/contract/calls.ts';
import { datasetNameProblem, type DatasetInfo, type DatasetPreview } from '../../main/contract/datasets.ts';
import type { NamedFile } from '../transfer.ts';
import { messageOf } from './notices.svelte.ts';

export class Datasets {
  list = $state.raw<DatasetInfo[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state('');
  preview = $state.raw<DatasetPreview | null>(null);
  /** why the chosen one cannot be looked into */
  previewProblem = $state('');
  /** name of the one whose preview is shown or being read */
  #looked = '';
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads the list whenever the host can be reached and whenever one changes; call the result to stop. */
  start(): () => void {
    const stops = [
      this.#client.onLink((up) => up && void this.read()),
      this.#client.on('dataset.changed', ({ id }) => {
        void this.read();
        if (id === this.#looked) void this.look(id);
      }),
      // Runs that begin and end use them.
      this.#client.on('run.removed', () => void this.read()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async read(): Promise<void> {
    try {
      this.list = await this.#client.call('dataset.list', {});
      this.state = 'ready';
    } catch (error) {
      this.reason = messageOf(error);
      if (this.state === 'loading') this.state = 'failed';
    }
  }

  /** Looks into one: its classes, a few samples, its hash. */
  async look(name: string): Promise<void> {
    this.#looked = name;
    if (this.preview?.dataset !== name) this.preview = null;
    this.previewProblem = '';
    try {
      const preview = await this.#client.call('dataset.preview', { dataset: name });
      if (this.#looked === name) this.preview = preview;
    } catch (error) {
      if (this.#looked !== name) return;
      this.preview = null;
      this.previewProblem = messageOf(error);
    }
  }

  /** Nothing is looked into. */
  lookAway(): void {
    this.#looked = '';
    this.preview = null;
    this.previewProblem = '';
  }

  /** Why a new dataset cannot have this name; null where it can. */
  nameProblem(name: string): string | null {
    if (this.list.some((d) => d.name === name)) return `expected a name that is not taken, got ${name}`;
    return datasetNameProblem(name);
  }
}

/** A name to begin with: that of the folder that all files lie in, or of the only file. */
export function nameFor(files: readonly NamedFile[]): string {
  const [first] = files[0].name.split('/');
  const common = files.every((f) => f.name.startsWith(`${first}/`));
  const base = common || files.length === 1 ? first.replace(/\.[^.]*$/, '') : '';
  return base
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60);
}

/** `28 × 28 × 1`, or `20 numbers` */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? '–' : shape.length === 1 ? `${shape[0]} numbers` : shape.join(' × ');
