// Trains a run, analyses its snapshots and reports everything. Whatever has to outlive this process is asked about: training goes on only
// when it is on disk.
import { KernelscopeError } from '../../contract/errors.ts';
import { snapshotEpochs } from '../../contract/config.ts';
import { splits, type ProbeSet, type Provenance, type Snapshot, type Split } from '../../contract/results.ts';
import { probeSet, type Dataset } from '../../data/dataset.ts';
import type { Device } from '../../devices/index.ts';
import { analyseSplit, probeReference } from '../../kernels/analyse.ts';
import type { AlignmentReference } from '../../kernels/alignment.ts';
import { createNetwork, weightsOf, type Network } from '../../networks/index.ts';
import { train as trainNetwork } from '../../training/index.ts';
import { requireFits } from '../fits.ts';
import type { Host } from '../host.ts';
import type { TrainInput } from '../protocol.ts';
import type { Job, JobContext } from '../worker.ts';
import { Clock } from './clock.ts';

type Context = JobContext<'train'>;

/** SHA-256 of a probe set's ids, inputs and targets */
const probeHash = (host: Host, { ids, x, y }: ProbeSet): Promise<string> => host.sha256([ids, x, y]);

export const train: Job<'train'> = async (input, context) => {
  const { config } = input;
  const { epochs } = config.training;
  const clock = new Clock(epochs, snapshotEpochs(config.analysis.snapshots, epochs), input.resume?.epoch ?? null);
  const say = (stage: string) => context.tell(clock.progress(stage));

  say('starting');
  const { host, signal } = context;
  const device = await host.openDevice(input.device);
  say('reading data');
  const dataset = await host.loadDataset({
    config,
    dataDir: input.dataDir,
    signal,
    onShape: (shape) => requireFits(config, shape, device),
    onProgress: (share) => say(`preparing data, ${Math.round(100 * share)} %`),
  });
  const probes = {
    train: probeSet(dataset, 'train', config.analysis.probe.train, config.seed),
    test: probeSet(dataset, 'test', config.analysis.probe.test, config.seed),
  };
  const network = createNetwork(device, config, dataset.shape, dataset.classes);
  await context.ask({
    kind: 'begin',
    provenance: await provenanceOf(host, device, dataset, probes, input.version),
    layers: [...network.layers],
    probes,
    ...(device.passedOver && { passedOver: [...device.passedOver] }),
  });

  const references = config.analysis.alignment
    ? { train: await probeReference(device, probes.train), test: await probeReference(device, probes.test) }
    : null;
  clock.start();
  const events = trainNetwork({
    device,
    network,
    dataset,
    config,
    signal: context.signal,
    gate: context.gate,
    ...(input.resume && { resume: input.resume }),
    ...(input.checkpointEvery !== undefined && { checkpointEvery: input.checkpointEvery }),
  });
  for await (const event of events) {
    switch (event.kind) {
      case 'step':
        clock.reached((event.step / event.steps) * epochs);
        say('training');
        break;
      case 'epoch':
        clock.reached(event.metrics.epoch);
        context.tell({ kind: 'epoch', metrics: event.metrics });
        say('training');
        break;
      case 'snapshot': {
        clock.pause();
        const begun = performance.now();
        const snapshot = await analyse(event.epoch, { device, network, probes, references, input, context, say });
        const seconds = (performance.now() - begun) / 1e3;
        await context.ask({ kind: 'snapshot', snapshot, weights: await weightsOf(network), seconds });
        clock.resume(event.epoch);
        break;
      }
      case 'checkpoint':
        clock.reached(event.checkpoint.epoch);
        await context.ask({ kind: 'checkpoint', checkpoint: event.checkpoint });
        break;
      case 'paused':
        clock.hold();
        say('paused');
        await context.ask({ kind: 'paused' });
        break;
      case 'resumed':
        await context.ask({ kind: 'resumed' });
        clock.start();
    }
  }
  return { epoch: epochs };
};

interface Scene {
  device: Device;
  network: Network;
  probes: Record<Split, ProbeSet>;
  references: Record<Split, AlignmentReference> | null;
  input: TrainInput;
  context: Context;
  say: (stage: string) => void;
}

async function analyse(epoch: number, { device, network, probes, references, input, context, say }: Scene): Promise<Snapshot> {
  const { analysis } = input.config;
  const snapshot: Partial<Snapshot> & { epoch: number } = { epoch };
  for (const [i, split] of splits.entries()) {
    say(`analysing epoch ${epoch}`);
    snapshot[split] = await analyseSplit({
      device,
      network,
      probe: probes[split],
      ...(references && { reference: references[split] }),
      analysis,
      signal: context.signal,
      onProgress: (share: number) => say(`analysing epoch ${epoch}, ${Math.round(50 * (i + share))} %`),
    });
    if (context.signal.aborted) throw new KernelscopeError('cancelled', `stopped while epoch ${epoch} was analysed`);
  }
  return snapshot as Snapshot;
}

const provenanceOf = async (
  host: Host,
  device: Device,
  dataset: Dataset,
  probes: Record<Split, ProbeSet>,
  version: string,
): Promise<Provenance> => ({
  version,
  device: device.name,
  deviceDetail: device.detail,
  blas: device.algebra.description,
  node: host.engine,
  platform: host.platform,
  datasetHash: dataset.hash,
  probeHash: { train: await probeHash(host, probes.train), test: await probeHash(host, probes.test) },
});
