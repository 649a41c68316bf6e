// Activations from elsewhere: what `analyze` takes, checked at the door.
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { countOf, type ReadArray } from '../formats/array.ts';
import { openArrays, type ArraySource } from './source.ts';

/** P samples seen by some layers, as one analysis takes them. */
export interface Activations {
  /** P */
  samples: number;
  /** C */
  classes: number;
  /** [P, C]: one-hot of the labels, or the target as it came */
  target: Float64Array;
  /** [P, D] */
  input: { data: ReadArray['data']; features: number } | null;
  /** each [P, N] */
  layers: { name: string; features: number; data: ReadArray['data'] }[];
  /** keys that were not used */
  ignored: string[];
}

const leastSamples = 4;
const prefix = 'layer/';

async function numbers(source: ArraySource, key: string): Promise<ReadArray> {
  const found = await source.read(key);
  if ('texts' in found) throw badInput(`${source.what}: ${key}: expected numbers, got texts`);
  return found;
}

/** Names of the layers: those that `layers` lists, else all in the order of their names. */
async function layerNames(source: ArraySource): Promise<string[]> {
  const there = source.keys.filter((k) => k.startsWith(prefix)).map((k) => k.slice(prefix.length));
  if (there.length === 0)
    throw badInput(`${source.what}: expected arrays named ${prefix}NAME, got ${source.keys.slice(0, 20).join(', ') || 'none'}`);
  if (!source.keys.includes('layers')) return there.sort();
  const found = await source.read('layers');
  if (!('texts' in found)) throw badInput(`${source.what}: layers: expected a list of names, got numbers`);
  const missing = found.texts.find((t) => !there.includes(t));
  if (missing !== undefined)
    throw badInput(`${source.what}: layers: no array is named ${prefix}${missing}; there are ${there.sort().join(', ')}`);
  const twice = found.texts.find((t, i) => found.texts.indexOf(t) !== i);
  if (twice !== undefined) throw badInput(`${source.what}: layers: ${shown(twice)} is listed twice`);
  if (found.texts.length === 0) throw badInput(`${source.what}: layers: expected one name at least`);
  return found.texts;
}

/** An array as [P, N]: what follows the first axis is flattened. */
function rows(array: ReadArray, what: string, P?: number): { data: ReadArray['data']; features: number; P: number } {
  if (array.shape.length === 0) throw badInput(`${what}: expected P × N values, got a single one`);
  const [own] = array.shape;
  const features = countOf(array.shape.slice(1));
  if (P !== undefined && own !== P) throw badInput(`${what}: expected ${P} samples, as the first layer has, got ${own}`);
  if (features < 1) throw badInput(`${what}: expected one feature at least, got the shape (${array.shape.join(', ')})`);
  const bad = array.data.findIndex((v: number) => !Number.isFinite(v));
  if (bad >= 0)
    throw badInput(
      `${what}: expected finite numbers, got ${array.data[bad]} at sample ${Math.floor(bad / features)}, feature ${bad % features}`,
    );
  return { data: array.data, features, P: own };
}

/** Whether every sample has the same features. */
function constant(data: ReadArray['data'], N: number): boolean {
  for (let k = N; k < data.length; k++) if (data[k] !== data[k - N]) return false;
  return true;
}

/** One-hot [P, C] of labels; C is how many different ones there are. */
export function oneHot(labels: ReadArray, what: string, P: number): { target: Float64Array; classes: number } {
  if (!labels.integer) throw badInput(`${what}: expected integers, got floating-point numbers; a target of P × C numbers is named target`);
  const { shape } = labels;
  if (shape[0] !== P || shape.length < 1 || countOf(shape) !== P)
    throw badInput(`${what}: expected ${P} labels, one a sample, got the shape (${shape.join(', ')})`);
  const values = [...new Set(labels.data)].sort((a, b) => a - b);
  if (values.length < 2) throw badInput(`${what}: expected two classes at least, got only ${values[0]}`);
  if (P * values.length > 1e9) throw badInput(`${what}: expected fewer classes, got ${values.length} of ${P} samples`);
  const column = new Map(values.map((v, i) => [v, i]));
  const target = new Float64Array(P * values.length);
  for (let p = 0; p < P; p++) target[p * values.length + (column.get(labels.data[p]) as number)] = 1;
  return { target, classes: values.length };
}

async function targetOf(source: ArraySource, P: number): Promise<{ target: Float64Array; classes: number }> {
  const has = (key: string) => source.keys.includes(key);
  if (has('labels') && has('target')) throw badInput(`${source.what}: expected labels or target, got both`);
  if (has('labels')) return oneHot(await numbers(source, 'labels'), `${source.what}: labels`, P);
  if (!has('target')) throw badInput(`${source.what}: expected labels (P integers) or target (P × C), got neither`);
  const what = `${source.what}: target`;
  const { data, features } = rows(await numbers(source, 'target'), what, P);
  if (constant(data, features)) throw badInput(`${what}: expected a target that varies over the samples, got a constant one`);
  return { target: Float64Array.from(data), classes: features };
}

/** Reads and checks `place`, an NPZ or a folder.
 *  @throws KernelscopeError `bad-input` in one line that names the file and the array */
export async function readActivations(place: string): Promise<Activations> {
  const source = await openArrays(place);
  try {
    const names = await layerNames(source);
    const layers: Activations['layers'] = [];
    let P: number | undefined;
    for (const name of names) {
      const what = `${source.what}: ${prefix}${name}`;
      const layer = rows(await numbers(source, prefix + name), what, P);
      P ??= layer.P;
      if (P < leastSamples) throw badInput(`${what}: expected ${leastSamples} samples at least, got ${P}`);
      if (constant(layer.data, layer.features))
        throw badInput(`${what}: expected features that vary over the samples, got a constant layer`);
      layers.push({ name, features: layer.features, data: layer.data });
    }
    const samples = P as number;
    const { target, classes } = await targetOf(source, samples);
    let input: Activations['input'] = null;
    if (source.keys.includes('input')) {
      const what = `${source.what}: input`;
      const { data, features } = rows(await numbers(source, 'input'), what, samples);
      if (constant(data, features)) throw badInput(`${what}: expected inputs that vary over the samples, got constant ones`);
      input = { data, features };
    }
    await checkIds(source, samples);
    const used = new Set(['labels', 'target', 'input', 'ids', 'layers', ...names.map((n) => prefix + n)]);
    return { samples, classes, target, input, layers, ignored: source.keys.filter((k) => !used.has(k)) };
  } finally {
    await source.close();
  }
}

async function checkIds(source: ArraySource, P: number): Promise<void> {
  if (!source.keys.includes('ids')) return;
  const ids = await source.read('ids');
  const n = 'texts' in ids ? ids.texts.length : ids.data.length;
  if (n !== P) throw badInput(`${source.what}: ids: expected ${P}, one a sample, got ${n}`);
}
