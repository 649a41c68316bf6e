// The form of a new run: where it starts from, what was changed, what it will cost. Everything chosen stands in the address.
import { defaultConfig, fields, parseConfig, type RunConfig } from '../../main/contract/config.ts';
import type { CallInput, Client, PresetInfo } from '../../main/contract/calls.ts';
import type { Estimate } from '../../main/contract/results.ts';
import { errorsOf, fromText, layerOf, relevant, toText, valuesOf, type Values } from './form.ts';
import { messageOf } from './notices.svelte.ts';
import type { Router } from './router.svelte.ts';

const byPath = new Map(fields.map((f) => [f.path, f]));
const estimateMs = 300;
/** an address parameter of a changed field: its path in front of its text */
const prefix = 'set.';

export class Experiment {
  presets = $state.raw<PresetInfo[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state('');
  estimate = $state.raw<Estimate | null>(null);
  /** the estimate is of an earlier form */
  stale = $state(true);
  estimateProblem = $state('');
  starting = $state(false);
  #origin = $state.raw<{ id: string; name: string; config: RunConfig } | null>(null);
  #client: Client;
  #router: Router;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(client: Client, router: Router) {
    this.#client = client;
    this.#router = router;
  }

  readonly preset: PresetInfo | null = $derived.by(() => {
    const { preset, from } = this.#router.place.params;
    return from ? null : (this.presets.find((p) => p.name === preset) ?? this.presets[0] ?? null);
  });
  readonly title: string = $derived(this.#origin ? this.#origin.name : (this.preset?.title ?? 'the defaults'));
  /** the values from which the form starts */
  readonly base: Values = $derived.by(() => {
    if (this.#origin) return valuesOf(this.#origin.config);
    try {
      return valuesOf(parseConfig(this.preset?.config ?? {}));
    } catch {
      return valuesOf(defaultConfig()); // a preset of a newer host: its own estimate and start will say what is wrong
    }
  });
  /** texts of the fields that were touched */
  readonly texts: Readonly<Record<string, string>> = $derived.by(() =>
    Object.fromEntries(
      Object.entries(this.#router.place.params)
        .filter(([key]) => key.startsWith(prefix) && byPath.has(key.slice(prefix.length)))
        .map(([key, text]) => [key.slice(prefix.length), text]),
    ),
  );
  readonly values: Values = $derived.by(() => {
    const values = { ...this.base };
    for (const [path, text] of Object.entries(this.texts)) {
      const field = byPath.get(path);
      if (field) values[path] = typeof field.default === 'boolean' ? text === 'true' : fromText(field, text);
    }
    return values;
  });
  readonly changed: readonly string[] = $derived(
    Object.keys(this.texts).filter((path) => JSON.stringify(this.values[path]) !== JSON.stringify(this.base[path])),
  );
  readonly errors: Readonly<Record<string, string>> = $derived(errorsOf(this.values));
  readonly ready: boolean = $derived(this.state === 'ready' && Object.keys(this.errors).length === 0);
  readonly visible: (path: string) => boolean = $derived.by(() => {
    const config = layerOf(this.values) as unknown as RunConfig;
    return (path) => relevant(config, path) || path in this.errors;
  });

  /** the whole config, where nothing is wrong with it */
  get config(): RunConfig {
    return parseConfig(layerOf(this.values));
  }

  textOf(path: string): string {
    return this.texts[path] ?? toText(this.base[path]);
  }

  /** Presets, and the run to start from where the address names one; call the result to stop. */
  start(): () => void {
    const stop = this.#client.onLink((up) => up && void this.#read());
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  set(path: string, text: string): void {
    this.#router.choose({ [prefix + path]: text === toText(this.base[path]) ? null : text });
  }

  reset(): void {
    const { preset, from } = this.#router.place.params;
    this.#router.go({ view: 'new', params: { ...(preset ? { preset } : {}), ...(from ? { from } : {}) } });
  }

  /** What is asked of the host: the preset and what was changed, or a whole config. */
  get question(): CallInput<'run.estimate'> {
    const changes = layerOf(Object.fromEntries(this.changed.map((path) => [path, this.values[path]])));
    return this.preset ? { preset: this.preset.name, config: changes } : { config: layerOf(this.values) };
  }

  /** Asks for the cost a moment after the last change. */
  estimateSoon(): void {
    clearTimeout(this.#timer);
    this.stale = true;
    if (this.ready) this.#timer = setTimeout(() => void this.#estimate(), estimateMs);
  }

  /** Starts the run; answers its id. */
  async run(): Promise<string | null> {
    if (!this.ready || this.starting) return null;
    this.starting = true;
    try {
      return (await this.#client.call('run.start', this.question)).id;
    } catch (error) {
      this.estimateProblem = messageOf(error);
      return null;
    } finally {
      this.starting = false;
    }
  }

  async #read(): Promise<void> {
    try {
      const { from } = this.#router.place.params;
      const [presets, origin] = await Promise.all([
        this.#client.call('presets.list', {}),
        from ? this.#client.call('run.get', { run: from }) : null,
      ]);
      this.presets = presets.filter((preset) => !preset.sweep); // the form is of one run
      this.#origin = origin && { id: origin.id, name: origin.name, config: { ...origin.config, name: '' } };
      this.state = 'ready';
    } catch (error) {
      this.reason = messageOf(error);
      this.state = 'failed';
    }
  }

  async #estimate(): Promise<void> {
    const turn = ++this.#asked;
    try {
      const estimate = await this.#client.call('run.estimate', this.question);
      if (turn !== this.#asked) return;
      this.estimate = estimate;
      this.estimateProblem = '';
    } catch (error) {
      if (turn !== this.#asked) return;
      this.estimate = null;
      this.estimateProblem = messageOf(error);
    }
    this.stale = false;
  }
}
