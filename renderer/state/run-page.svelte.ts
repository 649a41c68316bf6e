// One run as the run page shows it: its numbers, kept up to date, and the snapshot that is chosen.
import type { Client, Events } from '../../main/contract/calls.ts';
import type { RunDetail } from '../../main/contract/results.ts';
import { throttle } from '../throttle.ts';
import { messageOf } from './notices.svelte.ts';
import type { Router } from './router.svelte.ts';

/** Live figures are drawn at most this often. */
export const liveMs = 250;
const mostPins = 4;

export class RunPage {
  /** as it stands in the address: an id, a prefix of one, or a name */
  readonly id: string;
  detail = $state.raw<RunDetail | null>(null);
  /** why there is no run to show */
  problem = $state('');
  removed = $state(false);
  progress = $state.raw<Events['run.progress'] | null>(null);
  /** grows whenever new epochs, or new snapshots, may change a figure */
  epochsSeen = $state(0);
  snapshotsSeen = $state(0);
  #client: Client;
  #router: Router;

  constructor(id: string, client: Client, router: Router) {
    this.id = id;
    this.#client = client;
    this.#router = router;
  }

  readonly snapshots: readonly number[] = $derived(this.detail?.snapshots ?? []);
  readonly newest: number | null = $derived(this.snapshots.at(-1) ?? null);
  /** the chosen snapshot; the newest until one is chosen */
  readonly epoch: number | null = $derived.by(() => {
    const asked = this.#router.place.params['epoch'];
    return asked !== undefined && this.snapshots.includes(Number(asked)) ? Number(asked) : this.newest;
  });
  /** snapshots drawn beside the chosen one in the spectra: the first, until others are pinned */
  readonly pins: readonly number[] = $derived.by(() => {
    const asked = this.#router.place.params['pins'];
    const wanted = asked === undefined ? this.snapshots.slice(0, 1) : asked.split(',').filter(Boolean).map(Number);
    return wanted.filter((e) => this.snapshots.includes(e)).sort((a, b) => a - b);
  });
  readonly epochsDone: number = $derived(Math.max(this.progress?.epoch ?? 0, this.detail?.epoch ?? 0));

  /** Reads the run and follows its events; call the result to stop. */
  start(): () => void {
    const mine =
      <E extends { id: string }>(act: (event: E) => void) =>
      (event: E) =>
        event.id === (this.detail?.id ?? this.id) && act(event);
    const read = throttle(() => void this.read(), liveMs);
    const epochs = throttle(() => this.epochsSeen++, liveMs);
    let progress: Events['run.progress'] | null = null;
    const show = throttle(() => (this.progress = progress), liveMs);
    const stops = [
      this.#client.onLink((up) => up && read()),
      this.#client.on(
        'run.changed',
        mine(() => read()),
      ),
      this.#client.on(
        'run.removed',
        mine(() => (this.removed = true)),
      ),
      this.#client.on(
        'run.epoch',
        mine(() => epochs()),
      ),
      this.#client.on(
        'run.snapshot',
        mine(() => read()),
      ),
      this.#client.on(
        'run.progress',
        mine((p) => {
          progress = p;
          show();
        }),
      ),
    ];
    return () => {
      stops.forEach((stop) => stop());
      for (const t of [read, epochs, show]) t.stop();
    };
  }

  async read(): Promise<void> {
    try {
      const detail = await this.#client.call('run.get', { run: this.id });
      const before = this.detail;
      this.detail = detail;
      this.problem = '';
      if (detail.state !== 'running') this.progress = null;
      if (before?.state !== detail.state) this.epochsSeen++;
      if (before?.snapshots.length !== detail.snapshots.length) this.snapshotsSeen++;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** Chooses a snapshot; the newest is not held on to but followed. */
  choose(epoch: number): void {
    this.#router.choose({ epoch: epoch === this.newest ? null : String(epoch) });
  }

  /** The snapshot before (−1) or after (+1) the chosen one. */
  step(by: number): void {
    if (this.epoch === null) return;
    const at = this.snapshots.indexOf(this.epoch) + by;
    if (at >= 0 && at < this.snapshots.length) this.choose(this.snapshots[at]);
  }

  /** Keeps the chosen snapshot in the spectra, or lets it go. */
  togglePin(): void {
    const epoch = this.epoch;
    if (epoch === null) return;
    const pins = this.pins.includes(epoch) ? this.pins.filter((e) => e !== epoch) : [...this.pins, epoch].slice(-mostPins);
    this.#router.choose({ pins: pins.join(',') });
  }
}
