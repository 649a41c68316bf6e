// The config of a run: its types, and its parser, which fields.ts tells what is accepted.
import { badInput } from './errors.ts';
import { fields, type activations } from './fields.ts';

export { activations, fields, modelKinds, type Field, type Kind } from './fields.ts';

export interface DigitsTask {
  /** largest shift of a digit, pixels */ shift: number;
  /** standard deviation of the shear, slope */ shear: number;
  /** standard deviation of the pixel noise, in units of full ink */ noise: number;
}

export interface DataConfig extends DigitsTask {
  /** mnist, cifar10, digits, or the name of an imported one */
  dataset: string;
  train: number;
  test: number;
  /** training images: reflect-pad by 4 and random crop, horizontal flip */
  augment: boolean;
  /** with augment: side of a square that is cut out, pixels; 0: none */
  cutout: number;
  /** channels: each to mean 0 and standard deviation 1 over the training samples; auto: where images have several */
  normalise: 'auto' | 'channels' | 'none';
}

export type Activation = (typeof activations)[number];

export interface MlpConfig {
  kind: 'mlp';
  hidden: number[];
  activation: Activation;
  bias: boolean;
  /** `standard`: z = W h + b with W ~ N(0, 1/N_in); `ntk`: z = W h / √N_in + b with W ~ N(0, 1). Biases start at 0. */
  parameterisation: 'standard' | 'ntk';
}

export interface ResnetConfig {
  kind: 'resnet11';
  /** of every layer, as a share of the paper's: 1 is 64 … 512 channels */
  width: number;
  /** skip connections of the three residual blocks */
  skip: boolean;
  /** batch norm after every convolution; without it a bias */
  batchNorm: boolean;
}
export type ModelConfig = MlpConfig | ResnetConfig;

export interface TrainingConfig {
  /** mean over samples of the squared error summed over classes */
  loss: 'mse';
  optimizer: 'sgd' | 'momentum' | 'adam';
  learningRate: number;
  momentum: number;
  schedule: 'constant' | 'linear';
  batchSize: number;
  epochs: number;
}

export type SnapshotPlan = (number | 'last')[] | { every: number } | { log: number };

export interface AnalysisConfig {
  snapshots: SnapshotPlan;
  probe: { train: number; test: number };
  alignment: boolean;
  spectrum: boolean;
  ntk: boolean;
  centred: boolean;
  convFeatures: 'flatten' | 'mean';
}

export interface RunConfig {
  name: string;
  seed: number;
  tags: string[];
  data: DataConfig;
  model: ModelConfig;
  training: TrainingConfig;
  analysis: AnalysisConfig;
}

/** A value as it is shown in a message: short, on one line. */
export const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
};

export type Tree = { [key: string]: unknown };

/** Puts a value at `a.b.c`, making the objects on the way. */
export function put(tree: Tree, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() as string;
  let node = tree;
  for (const part of parts) node = (node[part] ??= {}) as Tree;
  node[last] = value;
}

/** What stands at `a.b.c` of a config; undefined where its kind of model has no such field. */
export const valueAt = (config: RunConfig, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (node as Tree | undefined)?.[key], config);

/** Fields of a config that differ from the defaults, by path, without name and tags: what `valueOf` of the list reads. */
export const changedFields = (config: RunConfig): Record<string, unknown> =>
  Object.fromEntries(
    fields.flatMap(({ path, default: usual }) => {
      if (path === 'name' || path === 'tags') return [];
      const value = valueAt(config, path);
      const same = value === undefined || value === usual || (typeof usual === 'object' && JSON.stringify(value) === JSON.stringify(usual));
      return same ? [] : [[path, value]];
    }),
  );

export const isTree = (v: unknown): v is Tree => typeof v === 'object' && v !== null && !Array.isArray(v);
const byPath = new Map(fields.map((f) => [f.path, f]));
const groups = new Set(fields.flatMap((f) => f.path.split('.').map((_, i, parts) => parts.slice(0, i).join('.'))).filter(Boolean));

/** Lays `input` over `config`, field by field; an unknown field or a value out of range is refused by name. Answers the paths it set. */
function overlay(config: Tree, input: unknown, prefix = '', given: string[] = []): string[] {
  if (!isTree(input)) throw badInput(`${prefix || 'config'}: expected an object of fields, got ${shown(input)}`);
  for (const [key, value] of Object.entries(input)) {
    const path = prefix ? `${prefix}.${key}` : key;
    const field = byPath.get(path);
    if (field) {
      if (!field.kind.test(value)) throw badInput(`${path}: expected ${field.kind.accepts}, got ${shown(value)}`);
      put(config, path, structuredClone(value));
      given.push(path);
    } else if (groups.has(path)) overlay(config, value, path, given);
    else throw badInput(`${path}: unknown field; known here: ${knownUnder(prefix).join(', ')}`);
  }
  return given;
}

const knownUnder = (prefix: string): string[] => [
  ...new Set(
    fields.filter((f) => !prefix || f.path.startsWith(`${prefix}.`)).map((f) => f.path.slice(prefix ? prefix.length + 1 : 0).split('.')[0]),
  ),
];

/** Conditions between fields; the message names the field that has to change. */
function checkTogether(c: RunConfig): void {
  if (c.training.batchSize > c.data.train)
    throw badInput(`training.batchSize: expected 1 … ${c.data.train} (the training samples), got ${c.training.batchSize}`);
  if (c.data.cutout > 0 && !c.data.augment) throw badInput(`data.cutout: expected 0 without data.augment, got ${c.data.cutout}`);
  for (const split of ['train', 'test'] as const)
    if (c.analysis.probe[split] > c.data[split])
      throw badInput(`analysis.probe.${split}: expected 4 … ${c.data[split]} (the ${split} samples), got ${c.analysis.probe[split]}`);
}

/** Takes out the fields of other kinds of models. One that was given after the kind had been chosen, or together with it, is refused. */
function keepOwn(config: Tree, given: readonly string[][]): void {
  const model = config.model as Tree;
  const chosen = given.findLastIndex((paths) => paths.includes('model.kind'));
  for (const { path, of } of fields) {
    if (!of || of === model.kind) continue;
    if (given.some((paths, layer) => layer >= chosen && paths.includes(path)))
      throw badInput(`${path}: is a field of model.kind ${of}, and model.kind is ${String(model.kind)}`);
    Reflect.deleteProperty(model, path.slice('model.'.length));
  }
}

/** A config with every field at its default. */
export const defaultConfig = (): RunConfig => parseConfig();

/** The complete config of `layers`, each laid over the ones before it (defaults first).
 *  @throws KernelscopeError `bad-input` naming the field, the value and what is accepted */
export function parseConfig(...layers: unknown[]): RunConfig {
  const tree: Tree = {};
  for (const f of fields) put(tree, f.path, structuredClone(f.default));
  const given = layers.map((layer) => overlay(tree, layer));
  keepOwn(tree, given);
  const config = tree as unknown as RunConfig;
  checkTogether(config);
  return config;
}

/** The config layer of one `--set path=value`; the value is JSON, or else a plain text. */
export function parseSetting(setting: string): Tree {
  const at = setting.indexOf('=');
  if (at < 1) throw badInput(`--set: expected path=value, got ${shown(setting)}`);
  const path = setting.slice(0, at);
  if (!byPath.has(path) && !groups.has(path)) throw badInput(`--set ${path}: unknown field; see --print-config`);
  const raw = setting.slice(at + 1);
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    value = raw;
  }
  const layer: Tree = {};
  put(layer, path, value);
  return layer;
}

/** The epochs of a snapshot plan, ascending, without repeats: those after the last epoch are left out, so that a shortened run needs no
 *  other plan; {"log": n} is n epochs a decade; {"every"} and {"log"} have 0 and the last always. */
export function snapshotEpochs(plan: SnapshotPlan, last: number): number[] {
  const at = new Set<number>();
  if (Array.isArray(plan)) for (const e of plan) at.add(e === 'last' ? last : e);
  else {
    at.add(0).add(last);
    if ('every' in plan) for (let e = plan.every; e < last; e += plan.every) at.add(e);
    else for (let k = 0; 10 ** (k / plan.log) < last; k++) at.add(Math.round(10 ** (k / plan.log)));
  }
  return [...at].filter((e) => e <= last).sort((a, b) => a - b);
}
