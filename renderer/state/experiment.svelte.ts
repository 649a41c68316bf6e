// The form of a new run or sweep: where it starts from, what was changed, what is swept. Everything chosen stands in the address.
import { defaultConfig, fields, parseConfig, type Field, type RunConfig } from '../../main/contract/config.ts';
import type { CallInput, Client, PresetInfo } from '../../main/contract/calls.ts';
import type { DeviceReport } from '../../main/contract/results.ts';
import { gridSize, leftOut, mostCells, type GridAxis, type LeaveOut } from '../../main/contract/sweep-grid.ts';
import type { SweepSpec } from '../../main/contract/sweeps.ts';
import { fieldErrors, layerOf, relevantToAny, toText, valuesOf, type Values } from './form.ts';
import { count } from '../text.ts';
import { messageOf } from './notices.svelte.ts';
import { readField, writeField, type Reading } from './ranges.ts';
import type { Router } from './router.svelte.ts';
import { axesOf, specOf, textsOf, usualName, type SweptTexts } from './sweep-spec.ts';
import { rulesThatHold } from './sweep-table.ts';

const byPath = new Map<string, Field>(fields.map((f) => [f.path, f]));
/** an address parameter of a changed field: its path in front of its text */
const prefix = 'set.';
const noSweep: SweptTexts = { texts: {}, together: [], order: [] };
export type Device = 'auto' | DeviceReport['name'];

export class Experiment {
  presets = $state.raw<PresetInfo[]>([]);
  devices = $state.raw<DeviceReport[] | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state('');
  #origin = $state.raw<{ id: string; name: string; config: RunConfig } | null>(null);
  #client: Client;
  #router: Router;

  constructor(client: Client, router: Router) {
    this.#client = client;
    this.#router = router;
  }

  readonly preset: PresetInfo | null = $derived.by(() => {
    const { preset, from } = this.#router.place.params;
    return from ? null : (this.presets.find((p) => p.name === preset) ?? this.presets[0] ?? null);
  });
  readonly title: string = $derived.by(() => (this.#origin ? this.#origin.name : (this.preset?.title ?? 'the defaults')));
  /** the values from which the form starts */
  readonly base: Values = $derived.by(() => {
    if (this.#origin) return valuesOf(this.#origin.config);
    try {
      return valuesOf(parseConfig(this.preset?.config ?? this.preset?.sweep?.spec.base ?? {}));
    } catch {
      return valuesOf(defaultConfig()); // a preset of a newer host: its own estimate and start will say what is wrong
    }
  });
  /** what the preset sweeps */
  readonly swept: SweptTexts = $derived(this.preset?.sweep ? textsOf(this.preset.sweep.spec) : noSweep);
  /** paths that vary together, a person's own choice before the preset's */
  readonly together: readonly string[][] = $derived.by(() => {
    const own = this.#router.place.params['together'];
    if (own === undefined) return this.swept.together;
    const groups = own.split(';').map((g) => g.split(',').filter((p) => byPath.has(p)));
    return groups.filter((g) => g.length > 1);
  });
  /** texts of the fields that were touched */
  readonly texts: Readonly<Record<string, string>> = $derived.by(() =>
    Object.fromEntries(
      Object.entries(this.#router.place.params)
        .filter(([key]) => key.startsWith(prefix) && byPath.has(key.slice(prefix.length)))
        .map(([key, text]) => [key.slice(prefix.length), text]),
    ),
  );
  /** what each field was read as */
  readonly readings: Readonly<Record<string, Reading>> = $derived.by(() => {
    const tied = this.together.flat();
    const read = (path: string): Reading => {
      const text = this.texts[path] ?? this.swept.texts[path];
      return text === undefined ? { values: [this.base[path]] } : readField(byPath.get(path) as Field, text, tied.includes(path));
    };
    return Object.fromEntries(fields.map(({ path }) => [path, read(path)]));
  });
  /** of every field; of a swept one, its first */
  readonly values: Values = $derived(Object.fromEntries(Object.entries(this.readings).map(([path, r]) => [path, r.values[0]])));
  readonly visible: (path: string) => boolean = $derived.by(() => {
    const lists = Object.fromEntries(Object.entries(this.readings).map(([path, r]) => [path, r.values]));
    return (path) => relevantToAny(lists, path) || path in this.errors;
  });
  readonly changed: readonly string[] = $derived(
    Object.keys(this.texts).filter((path) => {
      const before = this.swept.texts[path];
      const values = before === undefined ? [this.base[path]] : readField(byPath.get(path) as Field, before, true).values;
      return JSON.stringify(this.readings[path].values) !== JSON.stringify(values);
    }),
  );

  readonly axes: readonly GridAxis[] = $derived.by(() => {
    const lists = Object.fromEntries(Object.entries(this.readings).map(([path, r]) => [path, r.values]));
    const shown = Object.fromEntries(Object.entries(lists).filter(([path]) => relevantToAny(lists, path)));
    return axesOf(shown, this.together, this.swept.order);
  });
  readonly isSweep: boolean = $derived(this.axes.length > 0);
  /** cells of the whole grid */
  readonly gridSize: number = $derived(gridSize(this.axes));
  readonly exclude: readonly LeaveOut[] = $derived.by(() => {
    const own = this.#router.place.params['off'];
    const rules = own === undefined ? (this.preset?.sweep?.spec.exclude ?? []) : parseRules(own);
    return rulesThatHold(this.axes, rules);
  });
  /** whether each cell is left out; none of a grid that is too large */
  readonly out: readonly boolean[] = $derived(this.gridSize > mostCells ? [] : leftOut(this.axes, this.exclude));
  /** runs that a start makes */
  readonly size: number = $derived(this.isSweep ? this.gridSize - this.out.filter(Boolean).length : 1);

  readonly errors: Readonly<Record<string, string>> = $derived(fieldErrors(this.readings, this.together));
  /** what is wrong with the grid itself */
  readonly gridProblem: string = $derived(
    this.gridSize > mostCells
      ? `expected at most ${count(mostCells)} runs, got ${count(this.gridSize)}`
      : this.size === 0
        ? 'every cell is left out: nothing would run'
        : '',
  );
  readonly ready: boolean = $derived(this.state === 'ready' && Object.keys(this.errors).length === 0 && this.gridProblem === '');
  readonly device: Device = $derived.by(() => {
    const wish = this.#router.place.params['device'];
    return wish === 'cuda' || wish === 'webgpu' || wish === 'cpu' ? wish : 'auto';
  });
  /** of the sweep: how many train at a time */
  readonly jobs: number = $derived.by(() => Math.min(64, Math.max(1, Math.floor(Number(this.#router.place.params['jobs'] ?? 1)) || 1)));

  /** the whole config, where nothing is wrong with it */
  get config(): RunConfig {
    return parseConfig(layerOf(this.values));
  }
  get spec(): SweepSpec {
    return specOf(String(this.values['name']).trim() || usualName(this.axes), this.values, this.axes, this.exclude);
  }

  textOf(path: string): string {
    return this.texts[path] ?? this.swept.texts[path] ?? toText(this.base[path]);
  }

  /** Presets, devices, and the run to start from where the address names one; call the result to stop. */
  start(): () => void {
    const read = () => void this.#read();
    const stops = [this.#client.onLink((up) => up && read()), this.#client.on('presets.changed', read)];
    return () => stops.forEach((stop) => stop());
  }

  set(path: string, text: string): void {
    this.#router.choose({ [prefix + path]: text === (this.swept.texts[path] ?? toText(this.base[path])) ? null : text });
  }
  setMany(texts: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(texts)) this.set(path, text);
  }
  /** Sweeps a choice over all its values, or takes the first of several. */
  toggleSweep(path: string, all: readonly unknown[]): void {
    const field = byPath.get(path) as Field;
    this.set(path, writeField(field, this.readings[path].values.length > 1 ? this.readings[path].values.slice(0, 1) : all));
  }
  /** They vary together from now on, or apart. */
  setTogether(groups: readonly (readonly string[])[]): void {
    this.#router.choose({ together: groups.map((g) => g.join(',')).join(';') });
  }
  setExclude(rules: readonly LeaveOut[]): void {
    this.#router.choose({ off: JSON.stringify(rules) });
  }
  setDevice(device: Device): void {
    this.#router.choose({ device: device === 'auto' ? null : device });
  }
  setJobs(jobs: number): void {
    this.#router.choose({ jobs: jobs === 1 ? null : String(jobs) });
  }
  reset(): void {
    const { preset, from } = this.#router.place.params;
    this.#router.go({ view: 'new', params: { ...(preset ? { preset } : {}), ...(from ? { from } : {}) } });
  }

  /** What is asked of the host for one run: the preset and what was changed, or a whole config. */
  get question(): CallInput<'run.estimate'> {
    const device = this.device === 'auto' ? {} : { device: this.device };
    if (!this.preset || this.preset.sweep) return { config: layerOf(this.values), ...device };
    const changes = layerOf(Object.fromEntries(this.changed.map((path) => [path, this.values[path]])));
    return { preset: this.preset.name, config: changes, ...device };
  }
  /** And for a sweep. */
  get sweepQuestion(): CallInput<'sweep.estimate'> {
    return { sweep: this.spec, ...(this.device === 'auto' ? {} : { device: this.device }) };
  }

  async #read(): Promise<void> {
    try {
      const { from } = this.#router.place.params;
      const [presets, origin] = await Promise.all([
        this.#client.call('presets.list', {}),
        from ? this.#client.call('run.get', { run: from }) : null,
      ]);
      this.presets = presets;
      this.#origin = origin && { id: origin.id, name: origin.name, config: { ...origin.config, name: '' } };
      this.state = 'ready';
      this.devices ??= await this.#client.call('devices.list', {});
    } catch (error) {
      this.reason = messageOf(error);
      if (this.state !== 'ready') this.state = 'failed';
    }
  }
}

/** Rules as they stand in the address; a mangled one leaves nothing out. */
function parseRules(text: string): LeaveOut[] {
  try {
    const rules: unknown = JSON.parse(text);
    return Array.isArray(rules) ? rules.filter((r): r is LeaveOut => typeof r === 'object' && r !== null && !Array.isArray(r)) : [];
  } catch {
    return [];
  }
}
