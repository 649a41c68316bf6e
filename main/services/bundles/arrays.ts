// Arrays of a bundle on their way into the library: each is what its uses allow, and has the hash that names it.
import { createHash, type Hash } from 'node:crypto';
import { badInput } from '../../contract/errors.ts';
import { splits } from '../../contract/results.ts';
import { checkedNpy, headBytes, readValues } from '../../formats/npy.ts';
import type { ZipEntry } from '../../formats/zip-read.ts';
import {
  arrayHash,
  type ArrayHead,
  type ArrivingPart,
  type Dtype,
  type Library,
  type RunRecord,
  type SnapshotRecord,
} from '../../store/index.ts';
import { arrayName, type Role } from './format.ts';
import type { Bundle } from './read.ts';
import { breathe, descrOf, type BundleOptions } from './write.ts';

const accepted: Record<Role, readonly Dtype[]> = {
  spectrum: ['float64'],
  weights: ['float32'],
  optimizer: ['float32'],
  ids: ['int32'],
  x: ['float32'],
  y: ['float32'],
};
const mostSpectrum = 8 << 20; // bytes; it is looked at value by value
const partBytes = 1 << 20; // written to the library at a time
const partsAtOnce = 200;

/** Uses of each array of the runs that are taken. */
export type Roles = ReadonlyMap<string, ReadonlySet<Role>>;

function headOf(bytes: Uint8Array, entry: ZipEntry, roles: ReadonlySet<Role>, here: string): ArrayHead & { offset: number } {
  const { descr, shape, offset, fortran } = checkedNpy(bytes.subarray(0, headBytes), entry.size, here);
  const dtype = (Object.keys(descrOf) as Dtype[]).find((d) => descrOf[d] === descr);
  const wrong = [...roles].find((role) => !dtype || !accepted[role].includes(dtype));
  if (!dtype || wrong)
    throw badInput(`${here}: expected ${wrong ? accepted[wrong].join(' or ') : 'an array of ours'} (${wrong}), got ${descr}`);
  if (fortran || shape.length > 8) throw badInput(`${here}: expected C order and at most 8 dimensions`);
  if (roles.has('spectrum') && (shape.length !== 1 || entry.size > mostSpectrum))
    throw badInput(`${here}: expected a list of numbers (spectrum), got the shape (${shape.join(', ')})`);
  return { dtype, shape, bytes: entry.size - offset, offset };
}

/** Brings the arrays into the library, a mebibyte at a time; answers what each is. */
export async function stageArrays(library: Library, bundle: Bundle, roles: Roles, o: BundleOptions): Promise<Map<string, ArrayHead>> {
  const heads = new Map<string, ArrayHead>();
  const total = [...roles.keys()].reduce((sum, hash) => sum + (bundle.arrays.get(hash)?.size ?? 0), 0);
  let waiting: ArrivingPart[] = [];
  let held = 0;
  let done = 0;
  const flush = async () => {
    library.staging.arrays(waiting);
    [waiting, held] = [[], 0];
    o.onProgress?.(total > 0 ? done / total : 1);
    await breathe(o.signal, 'the import');
  };
  for (const [hash, of] of roles) {
    const here = `${bundle.what}: ${arrayName(hash)}`;
    const entry = bundle.arrays.get(hash) as ZipEntry;
    for await (const part of partsOf(hash, entry, of, here)) {
      if (part.position === 0) heads.set(hash, { dtype: part.dtype, shape: part.shape, bytes: part.bytes });
      waiting.push(part);
      held += part.data.length;
      done += part.data.length;
      if (held >= partBytes || waiting.length >= partsAtOnce) await flush();
    }
  }
  await flush();
  return heads;
}

/** An array in parts. The last is given out only when the whole has its hash. */
async function* partsOf(hash: string, entry: ZipEntry, roles: ReadonlySet<Role>, here: string): AsyncGenerator<ArrivingPart> {
  let head: (ArrayHead & { offset: number }) | null = null;
  let sum: Hash | null = null;
  let position = 0;
  let before: Uint8Array | null = null; // held back: whether it is the last is known when the next comes
  const part = (data: Uint8Array, last: boolean): ArrivingPart => {
    const { dtype, shape, bytes } = head as ArrayHead;
    return { hash, dtype, shape, bytes, position: position++, data, last };
  };
  for await (const bytes of entry.stream()) {
    let values = bytes;
    if (!head) {
      head = headOf(bytes, entry, roles, here);
      sum = arrayHash(head.dtype, head.shape);
      values = bytes.subarray(head.offset);
    }
    sum?.update(values);
    if (roles.has('spectrum')) checkFinite(values, head, here);
    if (before) yield part(before, false);
    before = values;
  }
  if (!before || !sum) throw badInput(`${here}: expected an NPY array, got nothing`);
  if (sum.digest('hex') !== hash) throw badInput(`${here}: its values do not have the hash that names it; the bundle is damaged`);
  yield part(before, true);
}

function checkFinite(values: Uint8Array, head: ArrayHead, here: string): void {
  if (values.length !== head.bytes) throw badInput(`${here}: expected a spectrum of at most ${partBytes >> 3} numbers`);
  const { data } = readValues(values, 'f8', head.shape, here);
  if (!data.every(Number.isFinite)) throw badInput(`${here}: expected finite numbers (spectrum)`);
}

/** Refuses a run whose arrays do not fit each other; all of them have been staged. */
export async function checkShapes(
  bundle: Bundle,
  run: RunRecord,
  snapshots: AsyncIterable<SnapshotRecord>,
  heads: ReadonlyMap<string, ArrayHead>,
  probes: Set<string>,
): Promise<void> {
  const here = `${bundle.what}: run ${run.id}`;
  const shape = (hash: string) => (heads.get(hash) as ArrayHead).shape;
  const refs = (list: readonly { name: string; array: string }[]) => JSON.stringify(list.map(({ name, array }) => [name, shape(array)]));
  let weights = run.checkpoint ? refs(run.checkpoint.weights) : null;
  for await (const snapshot of snapshots) {
    const own = refs(snapshot.weights);
    if (own !== (weights ??= own)) throw badInput(`${here}: epoch ${snapshot.epoch}: its weights have other names or shapes than the rest`);
    for (const split of splits)
      for (const { layer, eigenvalues, power, samples } of snapshot[split].spectra)
        if (shape(eigenvalues)[0] !== shape(power)[0] || shape(power)[0] > samples)
          throw badInput(`${here}: epoch ${snapshot.epoch}, ${split}: spectrum of ${layer}: its lengths do not fit ${samples} samples`);
  }
  for (const split of splits) {
    const probe = run.probes[split];
    if (!probe) continue;
    const [P, ...sample] = probe.xShape;
    const D = sample.reduce((n, d) => n * d, 1);
    const found = JSON.stringify([probe.ids, probe.x, probe.y].map(shape));
    if (found !== JSON.stringify([[P], [P, D], [P, probe.classes]]))
      throw badInput(`${here}: ${split} probe: expected shapes of ${P} samples of ${D} numbers and ${probe.classes} classes, got ${found}`);
    if (probes.has(probe.hash)) continue;
    if ((await probeHash(bundle, [probe.ids, probe.x, probe.y])) !== probe.hash)
      throw badInput(`${here}: ${split} probe: its samples do not have the hash that names it`);
    probes.add(probe.hash);
  }
}

/** SHA-256 of a probe set's ids, inputs and targets, as training takes it. */
async function probeHash(bundle: Bundle, hashes: readonly string[]): Promise<string> {
  const sum = createHash('sha256');
  for (const hash of hashes) {
    let first = true;
    for await (const bytes of (bundle.arrays.get(hash) as ZipEntry).stream()) {
      const from: number = first ? checkedNpy(bytes, (bundle.arrays.get(hash) as ZipEntry).size, bundle.what).offset : 0;
      sum.update(bytes.subarray(from));
      first = false;
    }
  }
  return sum.digest('hex');
}
