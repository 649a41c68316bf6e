// The form of a kernel that replaces one of tfjs's.
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { CpuBackend } from './backend.ts';

export type Result = TensorInfo | TensorInfo[];
export interface Call {
  inputs: Record<string, TensorInfo>;
  attrs: NamedAttrMap;
  backend: CpuBackend;
}

/** Computes the kernel, or answers null where it does not know how: tfjs's own kernel does it then. */
export type Override = (call: Call) => Result | null;

export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const allFloat = (...tensors: TensorInfo[]): boolean => tensors.every((t) => t.dtype === 'float32');
