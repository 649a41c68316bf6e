// What a person looks at on a run's page: tab, sets, measure and layer, all kept in the address, and what the figures then ask for.
import type { FigureKind, FigureStyle } from '../../main/contract/figures.ts';
import type { Split } from '../../main/contract/results.ts';
import type { FigureQuestion } from './figure-feed.svelte.ts';
import type { Router } from './router.svelte.ts';
import type { RunPage } from './run-page.svelte.ts';
import { steady } from './steady.svelte.ts';

export const tabs = [
  { id: 'overview', label: 'Overview' },
  { id: 'layers', label: 'Layers' },
  { id: 'spectra', label: 'Spectra' },
  { id: 'ntk', label: 'NTK' },
  { id: 'config', label: 'Config' },
  { id: 'log', label: 'Log' },
  { id: 'provenance', label: 'Provenance' },
] as const;
export type Tab = (typeof tabs)[number]['id'];

export const sets = [
  { value: 'both', label: 'both' },
  { value: 'train', label: 'train' },
  { value: 'test', label: 'test' },
] as const;
export type Sets = (typeof sets)[number]['value'];

export const measures = [
  { value: 'cka', label: 'CKA', title: 'centred kernel alignment, Eq. 4' },
  { value: 'kta', label: 'KTA', title: 'kernel–target alignment, not centred' },
  { value: 'debiased', label: 'debiased', title: 'CKA without the bias of few samples' },
] as const;
export type Measure = FigureStyle['measure'];

/** What a figure is made of, each of which a config can leave out. */
export type Subject = 'training' | 'alignment' | 'spectrum' | 'ntk';

export const layerName = (name: string): string => (name === 'ntk' ? 'NTK' : name);

export class RunView {
  readonly page: RunPage;
  #router: Router;

  constructor(page: RunPage, router: Router) {
    this.page = page;
    this.#router = router;
  }

  #asked(name: string): string | undefined {
    return this.#router.place.params[name];
  }

  readonly tab: Tab = $derived.by(() => tabs.find((t) => t.id === this.#asked('tab'))?.id ?? 'overview');
  readonly sets: Sets = $derived.by(() => sets.find((s) => s.value === this.#asked('set'))?.value ?? 'both');
  readonly splits: Split[] = $derived(this.sets === 'both' ? ['train', 'test'] : [this.sets]);
  /** One set, where two would be too many curves of one hue to tell apart: the training set of both. */
  readonly oneSet: Split[] = $derived(this.splits.slice(0, 1));
  readonly measure: Measure = $derived.by(() => measures.find((m) => m.value === this.#asked('measure'))?.value ?? 'cka');
  // A run at work is read again at every epoch; what its figures ask for changes only with what it says.
  #layers = steady((): string[] => [...(this.page.detail?.layers ?? []), ...(this.page.detail?.config.analysis.ntk ? ['ntk'] : [])]);
  /** those that have a spectrum */
  get layers(): readonly string[] {
    return this.#layers.current;
  }
  /** the layer whose spectrum is shown; the NTK until another is chosen */
  readonly layer: string = $derived.by(() => {
    const asked = this.#asked('layer');
    return asked !== undefined && this.layers.includes(asked) ? asked : (this.layers.at(-1) ?? 'ntk');
  });
  #epochs = steady((): number[] => {
    const { epoch, pins } = this.page;
    return epoch === null ? [] : [...pins.filter((e) => e !== epoch), epoch].sort((a, b) => a - b);
  });
  /** the chosen snapshot and the pinned ones, ascending */
  get epochs(): number[] {
    return this.#epochs.current;
  }
  readonly at: string = $derived.by(() => (this.page.epoch === null ? '' : `epoch ${this.page.epoch}`));

  #why = steady((): Record<Subject, string> => {
    const { detail: run, snapshots } = this.page;
    const live = run?.state === 'running' || run?.state === 'queued' || run?.state === 'paused';
    const first = `The first snapshot, at epoch ${run?.planned[0] ?? 0}, is still to come.`;
    const missing = snapshots.length > 0 ? '' : live ? first : 'No snapshot was analysed.';
    const of = (field: 'alignment' | 'spectrum' | 'ntk') =>
      run?.config.analysis[field] === false ? `analysis.${field} is off for this run.` : missing;
    return {
      training: run?.state === 'queued' ? 'Waiting for its turn.' : '',
      alignment: of('alignment'),
      spectrum: of('spectrum'),
      ntk: of('ntk'),
    };
  });
  /** Why there is nothing to draw; empty where there is. */
  get why(): Readonly<Record<Subject, string>> {
    return this.#why.current;
  }

  /** Of the NTK's spectrum, which takes both a spectrum and an NTK. */
  get whyNtkSpectrum(): string {
    return this.why.ntk || this.why.spectrum;
  }
  readonly #id: string = $derived.by(() => this.page.detail?.id ?? this.page.id);

  /** What a figure of this run asks for. */
  ask(kind: FigureKind, more: Partial<FigureQuestion> = {}): FigureQuestion {
    return { kind, runs: [this.#id], splits: this.splits, ...more };
  }

  /** Another tab; back leads to where the run's page was entered. */
  show(tab: Tab): void {
    this.#router.choose({ tab: tab === 'overview' ? null : tab });
  }
  stepTab(by: number): void {
    const at = tabs.findIndex((t) => t.id === this.tab);
    this.show(tabs[(at + by + tabs.length) % tabs.length].id);
  }
  chooseSets(value: Sets): void {
    this.#router.choose({ set: value === 'both' ? null : value });
  }
  chooseMeasure(value: Measure): void {
    this.#router.choose({ measure: value === 'cka' ? null : value });
  }
  chooseLayer(layer: string): void {
    this.#router.choose({ layer });
  }
  /** The layer before (−1) or after (+1). */
  stepLayer(by: number): void {
    const at = this.layers.indexOf(this.layer) + by;
    if (at >= 0 && at < this.layers.length) this.chooseLayer(this.layers[at]);
  }
  /** The spectrum of a layer, large. */
  openSpectrum(layer: string): void {
    this.#router.choose({ layer, tab: 'spectra' });
  }
}
