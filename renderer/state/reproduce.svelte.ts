// The paper's statements beside the library: asked for when the page opens and whenever a run begins, ends or goes; what a start brings.
import type { Client, Events, PresetInfo } from '../../main/contract/calls.ts';
import type { PaperFigureId, ReproducedStudy, Reproduction, StudyId } from '../../main/contract/reproduce.ts';
import { throttle } from '../throttle.ts';
import { messageOf } from './notices.svelte.ts';
import { countsOf, type Counts } from './reproduction.ts';

const readMs = 1000;
export class Reproduce {
  found = $state.raw<Reproduction | null>(null);
  /** why there is nothing to show */
  problem = $state('');
  presets = $state.raw<readonly PresetInfo[]>([]);
  /** the preset that is being started */
  starting = $state<string | null>(null);
  /** why it could not be, and of which study */
  refused = $state.raw<{ study: StudyId; why: string } | null>(null);
  readonly counts: Counts = $derived(countsOf(this.found?.figures.flatMap((f) => f.claims) ?? []));
  #client: Client;
  #states: Record<string, string> = {};

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads, and follows what happens to runs; call the result to stop. */
  start(): () => void {
    const read = throttle(() => void this.read(), readMs);
    // A run at work changes at every epoch; its epochs are in the library's list.
    const changed = ({ id, state }: Events['run.changed']) => {
      if (this.#states[id] === state && state !== 'done') return;
      this.#states[id] = state;
      read();
    };
    const stops = [
      this.#client.onLink((up) => up && (read(), void this.#readPresets())),
      this.#client.on('run.changed', changed),
      this.#client.on('run.removed', ({ id }) => (delete this.#states[id], read())),
    ];
    return () => {
      stops.forEach((stop) => stop());
      read.stop();
    };
  }

  async read(): Promise<void> {
    try {
      this.found = await this.#client.call('reproduce.get', {});
      this.problem = '';
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** Starts a preset, or goes on with a sweep that was stopped. */
  async begin(study: StudyId, { preset, sweep }: ReproducedStudy['presets'][number]): Promise<void> {
    if (this.starting !== null) return;
    this.starting = preset;
    this.refused = null;
    try {
      await (sweep ? this.#client.call('sweep.start', { preset }) : this.#client.call('run.start', { preset }));
      await this.read();
    } catch (error) {
      this.refused = { study, why: messageOf(error) };
    }
    this.starting = null;
  }

  presetOf(name: string): PresetInfo | null {
    return this.presets.find((p) => p.name === name) ?? null;
  }

  studyOf(id: StudyId): ReproducedStudy | null {
    return this.found?.studies.find((s) => s.study === id) ?? null;
  }

  /** The figure after (1) or before (−1) one. */
  step(from: PaperFigureId | null, by: number): PaperFigureId | null {
    const all = this.found?.figures.map((f) => f.figure) ?? [];
    if (all.length === 0) return null;
    const at = from === null ? -1 : all.indexOf(from);
    return all[Math.max(0, Math.min(all.length - 1, at + by))];
  }

  // The host may be slow to say what a preset costs; the page does not wait for it.
  async #readPresets(): Promise<void> {
    try {
      this.presets = await this.#client.call('presets.list', {});
    } catch (error) {
      this.problem ||= messageOf(error);
    }
  }
}
