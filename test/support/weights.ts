// A network's weights at this very moment, read without waiting, as only the cpu device can: for tests that look on while training runs.
import type { NamedArray } from '../../main/contract/results.ts';
import type { Network } from '../../main/networks/index.ts';

export const weightsNow = (network: Network): NamedArray[] =>
  [...network.parameters, ...network.buffers].map(({ name, variable }) => ({
    name,
    shape: [...variable.shape],
    data: Float32Array.from(variable.dataSync()),
  }));
