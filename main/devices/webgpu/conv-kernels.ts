// tfjs's convolution kernels on the webgpu device: ours where they fit, tfjs's own elsewhere.
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';
import { convolve, filterGradient, inputGradient } from './convolution.ts';

interface Given {
  backend: GpuBackend;
  inputs: Record<'x' | 'dy' | 'filter', TensorInfo>;
  attrs: { strides: unknown; dilations?: unknown; pad: unknown; dataFormat: unknown; inputShape: number[]; filterShape: number[] };
}

const ones = (value: unknown): boolean => [value ?? 1].flat().every((v) => v === 1);

/** Whether a convolution is one of convolution.ts: stride 1, same size, square filters of odd side. */
function fits({ strides, dilations, pad, dataFormat }: Given['attrs'], [height, width]: readonly number[]): boolean {
  const sameSize = pad === 'same' || (pad === 'valid' && height === 1);
  return ones(strides) && ones(dilations) && dataFormat === 'NHWC' && height === width && height % 2 === 1 && sameSize;
}

const kernels: Record<string, { filters(given: Given): number[]; ours(given: Given): TensorInfo }> = {
  Conv2D: {
    filters: ({ inputs }) => inputs.filter.shape,
    ours: ({ backend, inputs: { x, filter } }) => convolve(backend, x, filter),
  },
  Conv2DBackpropInput: {
    filters: ({ inputs }) => inputs.filter.shape,
    ours: ({ backend, inputs: { dy, filter }, attrs }) => inputGradient(backend, dy, filter, attrs.inputShape),
  },
  Conv2DBackpropFilter: {
    filters: ({ attrs }) => attrs.filterShape,
    ours: ({ backend, inputs: { x, dy }, attrs }) => filterGradient(backend, x, dy, attrs.filterShape),
  },
};

/** By name; `theirs` has tfjs's. */
export const convolutionKernels = (theirs: (name: string) => KernelFunc): Record<string, KernelFunc> =>
  Object.fromEntries(
    Object.entries(kernels).map(([name, { filters, ours }]): [string, KernelFunc] => {
      const other = theirs(name);
      return [
        name,
        (params) => {
          const given = params as unknown as Given;
          return fits(given.attrs, filters(given)) ? ours(given) : other(params);
        },
      ];
    }),
  );
