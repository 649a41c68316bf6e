// What the runs of the form will cost, in all and cell by cell; what would be cheaper; and their start.
import { parseConfig, put, fields, type Field } from '../../main/contract/config.ts';
import type { CallResults, Client } from '../../main/contract/calls.ts';
import type { Estimate, Room } from '../../main/contract/results.ts';
import { bestOf, candidates, worthAsking, type Candidate, type Cheaper } from './cheaper.ts';
import type { Experiment } from './experiment.svelte.ts';
import { messageOf } from './notices.svelte.ts';
import { readField } from './ranges.ts';

const estimateMs = 300;
const byPath = new Map<string, Field>(fields.map((f) => [f.path, f]));

export class Plan {
  estimate = $state.raw<Estimate | null>(null);
  room = $state.raw<Room | null>(null);
  /** seconds of every cell of the grid; null for one run */
  cells = $state.raw<readonly (number | null)[] | null>(null);
  cheaper = $state.raw<readonly Cheaper[]>([]);
  /** the estimate is of an earlier form */
  stale = $state(true);
  /** what the host says is wrong */
  problem = $state('');
  starting = $state(false);
  #client: Client;
  #form: Experiment;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(client: Client, form: Experiment) {
    this.#client = client;
    this.#form = form;
  }

  /** What is wrong, by field: what the form knows itself, and what the host has said of one of its fields. */
  readonly errors: Readonly<Record<string, string>> = $derived.by(() => {
    const found = /^(?:cell \d+ \(.*?\): )?([a-z][\w.]+): (.*)$/is.exec(this.problem);
    const said: Record<string, string> = found && byPath.has(found[1]) && !this.stale ? { [found[1]]: found[2] } : {};
    return { ...said, ...this.#form.errors };
  });
  readonly ready: boolean = $derived.by(() => this.#form.ready && !this.starting && (this.problem === '' || this.stale));

  /** Asks for the cost a moment after the last change; call it with every change of the form. */
  askSoon(): void {
    clearTimeout(this.#timer);
    this.stale = true;
    this.#asked++;
    if (this.#form.ready) this.#timer = setTimeout(() => void this.#ask(), estimateMs);
  }
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Starts what the form holds; answers where to look: the run, or the sweep. */
  async start(): Promise<{ run: string } | { sweep: CallResults['sweep.start'] } | null> {
    const form = this.#form;
    if (!this.ready) return null;
    this.starting = true;
    try {
      if (!form.isSweep) return { run: (await this.#client.call('run.start', form.question)).id };
      return { sweep: await this.#client.call('sweep.start', { ...form.sweepQuestion, ...(form.jobs > 1 && { jobs: form.jobs }) }) };
    } catch (error) {
      this.problem = messageOf(error);
      this.stale = false;
      return null;
    } finally {
      this.starting = false;
    }
  }

  async #ask(): Promise<void> {
    const turn = this.#asked;
    const form = this.#form;
    try {
      const answer = form.isSweep
        ? await this.#client.call('sweep.estimate', form.sweepQuestion)
        : { estimate: await this.#client.call('run.estimate', form.question), cells: null };
      if (turn !== this.#asked) return;
      this.estimate = answer.estimate;
      this.room = 'room' in answer ? answer.room : answer.estimate.room;
      this.cells = answer.cells;
      this.problem = '';
      this.stale = false;
      await this.#askCheaper(turn, answer.estimate);
    } catch (error) {
      if (turn !== this.#asked) return;
      this.estimate = this.cells = null;
      this.cheaper = [];
      this.problem = messageOf(error);
      this.stale = false;
    }
  }

  async #askCheaper(turn: number, estimate: Estimate): Promise<void> {
    const form = this.#form;
    const wanted = worthAsking(estimate)
      ? candidates(
          form.values,
          form.axes.flatMap((a) => a.paths),
        )
      : [];
    const all: { candidate: Candidate; then: number }[] = [];
    for (const candidate of wanted) {
      const then = await this.#secondsWith(candidate);
      if (turn !== this.#asked) return;
      all.push({ candidate, then });
    }
    this.cheaper = bestOf(estimate.seconds, all);
  }

  /** Seconds of the form with some fields changed. */
  async #secondsWith({ texts }: Candidate): Promise<number> {
    const form = this.#form;
    const change: Record<string, unknown> = {};
    for (const [path, text] of Object.entries(texts)) put(change, path, readField(byPath.get(path) as Field, text).values[0]);
    const device = form.device === 'auto' ? {} : { device: form.device };
    if (!form.isSweep) return (await this.#client.call('run.estimate', { config: parseConfig(form.config, change), ...device })).seconds;
    const { spec } = form;
    const base = structuredClone(spec.base);
    for (const [path, text] of Object.entries(texts)) put(base, path, readField(byPath.get(path) as Field, text).values[0]);
    return (await this.#client.call('sweep.estimate', { sweep: { ...spec, base }, ...device })).estimate.seconds;
  }
}
