// Activations from elsewhere: what `analyze` takes, checked at the door.
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { countOf, type ReadArray } from '../../formats/array.ts';
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
/** Numbers of a one-hot target: 1 GiB. */
const mostTarget = 2 ** 27;
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
    throw badInput(`${source.what}: layers: no array is named ${shown(prefix + missing)}; there are ${there.sort().join(', ')}`);
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

/** Largest and least size of the numbers of an array: fourth powers of these, which norms of kernels are, are float64 numbers. */
const [least, most] = [1e-60, 1e60];
/** Spread relative to the size of all: under it are roundings. */
const leastSpread = 1e-14;

/** Refuses features [P, N] that are the same for all samples, or of a size that has no kernel in float64. */
function requireSpread({ data, features: N, P }: ReturnType<typeof rows>, what: string): void {
  let size = 0;
  for (let k = 0; k < data.length; k++) size = Math.max(size, Math.abs(data[k]));
  if (size > most || (size > 0 && size < least))
    throw badInput(`${what}: expected numbers whose largest lies within ${least} … ${most}, got ${size}`);
  const mean = new Float64Array(N);
  for (let k = 0; k < data.length;) for (let j = 0; j < N; j++, k++) mean[j] += data[k] / P;
  let all = 0;
  let spread = 0;
  for (let k = 0; k < data.length;)
    for (let j = 0; j < N; j++, k++) {
      all += data[k] * data[k];
      spread += (data[k] - mean[j]) ** 2;
    }
  if (!(spread > leastSpread ** 2 * all))
    throw badInput(`${what}: expected numbers that vary over the samples, got constant ones: ${data[0]} … for each of ${P} samples`);
}

/** One-hot [P, C] of labels; C is how many different ones there are. */
export function oneHot(labels: ReadArray, what: string, P: number): { target: Float64Array; classes: number } {
  if (!labels.integer) throw badInput(`${what}: expected integers, got floating-point numbers; a target of P × C numbers is named target`);
  const { shape } = labels;
  if (shape[0] !== P || shape.length < 1 || countOf(shape) !== P)
    throw badInput(`${what}: expected ${P} labels, one a sample, got the shape (${shape.join(', ')})`);
  const values: ArrayLike<number | bigint> = labels.exact ?? labels.data;
  const classes = [...new Set(Array.from(values))].sort((a, b) => (a < b ? -1 : 1));
  const C = classes.length;
  if (C < 2) throw badInput(`${what}: expected two classes at least, got only ${classes[0]}`);
  if (P * C > mostTarget) throw badInput(`${what}: expected at most ${Math.floor(mostTarget / P)} classes of ${P} samples, got ${C}`);
  const column = new Map(classes.map((v, i) => [v, i]));
  const target = new Float64Array(P * C);
  for (let p = 0; p < P; p++) target[p * C + (column.get(values[p]) as number)] = 1;
  return { target, classes: C };
}

async function targetOf(source: ArraySource, P: number): Promise<{ target: Float64Array; classes: number }> {
  const has = (key: string) => source.keys.includes(key);
  if (has('labels') && has('target')) throw badInput(`${source.what}: expected labels or target, got both`);
  if (has('labels')) return oneHot(await numbers(source, 'labels'), `${source.what}: labels`, P);
  if (!has('target')) throw badInput(`${source.what}: expected labels (P integers) or target (P × C), got neither`);
  const what = `${source.what}: target`;
  const found = rows(await numbers(source, 'target'), what, P);
  requireSpread(found, what);
  return { target: Float64Array.from(found.data), classes: found.features };
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
      requireSpread(layer, what);
      layers.push({ name, features: layer.features, data: layer.data });
    }
    const samples = P as number;
    const { target, classes } = await targetOf(source, samples);
    let input: Activations['input'] = null;
    if (source.keys.includes('input')) {
      const what = `${source.what}: input`;
      const found = rows(await numbers(source, 'input'), what, samples);
      requireSpread(found, what);
      input = { data: found.data, features: found.features };
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
