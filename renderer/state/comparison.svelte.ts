// The runs of one comparison, read from the host; those that are gone are named.
import type { Client } from '../../main/contract/calls.ts';
import { mostRuns } from '../../main/contract/figures.ts';
import type { RunDetail, RunSummary } from '../../main/contract/results.ts';
import { comparable } from './comparable.ts';
import { messageOf } from './notices.svelte.ts';
import { differences } from './selection.ts';

const atATime = 32;

export class Comparison {
  runs = $state.raw<RunDetail[]>([]);
  state = $state<'loading' | 'ready'>('loading');
  /** why some could not be read, a line each */
  problems = $state.raw<string[]>([]);
  readonly differing = $derived(differences(this.runs.map((r) => r.config)));
  readonly comparable = $derived(comparable(this.runs));
  readonly #client: Client;
  /** by id; runs that are done do not change */
  readonly #known: Record<string, RunDetail | undefined> = {};
  #asked: string | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Reads the runs of `words`: ids, `tag:NAME`, `sweep:NAME`. listed: those of the library, for tags. An answer that comes after another question
   *  is dropped. */
  async read(words: readonly string[], listed: readonly RunSummary[]): Promise<void> {
    const tagged = (tag: string) => listed.filter((r) => r.tags.includes(tag)).map((r) => r.id);
    const expanded = words.map((word) => (word.startsWith('tag:') ? tagged(word.slice(4)) : [word]));
    const question = expanded.join();
    if (question === this.#asked) return;
    this.#asked = question;
    const problems: string[] = [];
    const named = await Promise.all(
      expanded.map(async (ids, i) => (words[i].startsWith('sweep:') ? this.#sweep(words[i], problems) : ids)),
    );
    const all = named.flat();
    const ids = all.filter((id, i) => all.indexOf(id) === i);
    if (ids.length > mostRuns) problems.push(`These are ${ids.length} runs; the first ${mostRuns} are compared.`);
    const runs: RunDetail[] = [];
    for (let at = 0; at < Math.min(ids.length, mostRuns); at += atATime) {
      const read = await Promise.all(ids.slice(at, Math.min(at + atATime, mostRuns)).map((id) => this.#run(id, problems)));
      if (this.#asked !== question) return;
      runs.push(...read.filter((r) => r !== null));
    }
    if (this.#asked !== question) return;
    this.runs = runs;
    this.problems = problems;
    this.state = 'ready';
  }

  async #run(run: string, problems: string[]): Promise<RunDetail | null> {
    const known = this.#known[run];
    if (known) return known;
    try {
      const detail = await this.#client.call('run.get', { run });
      if (detail.state === 'done') this.#known[run] = detail;
      return detail;
    } catch (error) {
      problems.push(messageOf(error));
      return null;
    }
  }

  async #sweep(word: string, problems: string[]): Promise<string[]> {
    try {
      const { cells } = await this.#client.call('sweep.get', { sweep: word.slice('sweep:'.length) });
      return cells.flatMap((c) => (c.run === null ? [] : [c.run]));
    } catch (error) {
      problems.push(messageOf(error));
      return [];
    }
  }
}
