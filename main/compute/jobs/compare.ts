// Layer × layer similarity of stored snapshots on one probe set: features are made again from stored weights, snapshot by snapshot, and of
// each layer only what its measure needs is kept.
import { badInput, KernelscopeError } from '../../contract/errors.ts';
import type { Device } from '../../devices/index.ts';
import type { FeatureInput } from '../../kernels/features.ts';
import { layerFeatures } from '../../kernels/layer-features.ts';
import { openComparison, type Comparison } from '../../kernels/measures/index.ts';
import { createNetwork, restoreWeights } from '../../networks/index.ts';
import type { CompareInput, Comparisons } from '../protocol.ts';
import type { Job, JobContext } from '../worker.ts';

/** What all layers together may keep. */
const limitBytes = 4 * 2 ** 30;

interface World {
  input: CompareInput;
  device: Device;
  comparison: Comparison;
  context: JobContext<'compare'>;
}
/** A snapshot's layers and their places in the comparison. */
interface Added {
  layers: string[];
  places: number[];
}

export const compare: Job<'compare'> = async (input, context): Promise<Comparisons> => {
  const device = await context.host.openDevice(input.device);
  const world = { input, device, context, comparison: openComparison(device.algebra, input.measure) };
  const { snapshots, pairs } = input;
  const added: Added[] = [];
  const room = { bytes: limitBytes };
  let done = 0;
  const next = () => context.tell({ kind: 'share', done: ++done / (snapshots.length + pairs.length) });
  for (const place of snapshots.keys()) {
    added.push(await add(world, place, room));
    next();
  }
  const found: Comparisons['pairs'] = [];
  for (const [a, b] of pairs) {
    found.push({ a, b, values: await matrix(world, added[a], added[b]) });
    next();
  }
  return { options: { ...world.comparison.options }, layers: added.map((s) => s.layers), pairs: found };
};

const stopAt = ({ context }: World, what: string) => {
  if (context.signal.aborted) throw new KernelscopeError('cancelled', `stopped at ${what}`);
};

/** Takes in the layers of one snapshot. `room`: what is left of the memory, which shrinks */
async function add(world: World, place: number, room: { bytes: number }): Promise<Added> {
  const { input, device, context, comparison } = world;
  const { probe, measure } = input;
  const { config, label, layer: only } = input.snapshots[place];
  const P = probe.ids.length;
  const network = createNetwork(device, config, probe.xShape.slice(1), probe.classes);
  try {
    if (only !== null && !network.layers.includes(only)) throw badInput(`layer: expected ${network.layers.join(' | ')}, got ${only}`);
    restoreWeights(device, network, (await context.ask({ kind: 'weights', snapshot: place })) ?? []);
    const wanted: FeatureInput[] = [];
    for (const set of (await layerFeatures(device, network, { x: probe.x, P, D: network.inputs })).layers)
      if (only === null || set.layer === only) wanted.push(set);
    const places: number[] = [];
    for (const set of wanted) {
      stopAt(world, `${set.layer} ${label}`);
      room.bytes -= comparison.bytes(P, set.N);
      if (room.bytes < 0)
        throw badInput(
          `measure: ${measure} of these layers on ${P} samples keeps more than ${limitBytes / 2 ** 30} GiB (reached at ${set.layer} ${label}); compare fewer snapshots`,
        );
      places.push(await comparison.add({ ...set, layer: `${set.layer} ${label}` }));
    }
    return { layers: wanted.map((set) => set.layer), places };
  } finally {
    network.dispose();
  }
}

/** Rows: layers of a; columns: layers of b. A snapshot with itself is computed once for both triangles where the measure is symmetric. */
async function matrix(world: World, a: Added, b: Added): Promise<number[][]> {
  const { comparison } = world;
  const values = a.places.map(() => b.places.map(() => NaN));
  const mirrored = a === b && comparison.symmetric;
  for (const [i, p] of a.places.entries()) {
    stopAt(world, a.layers[i]);
    for (const [j, q] of b.places.entries()) values[i][j] = mirrored && j < i ? values[j][i] : await comparison.value(p, q);
  }
  return values;
}
