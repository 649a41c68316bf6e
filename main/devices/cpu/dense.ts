// Our own kernels on the cpu device: a dense layer with its activation, and what its gradient needs.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation } from '../../contract/config.ts';
import { own } from '../own.ts';
import { activationOps } from './kernels.ts';
import { product } from './matrix.ts';
import { elements, type Override } from './override.ts';

const dense: Override = ({ inputs: { x, w, b }, attrs, backend }) => {
  const kind = activationOps[attrs.activation as Activation];
  const o = product(backend, x, w, false, false, attrs.scale as number);
  const z = backend.offset(o);
  const { elementwise } = backend.kernels;
  if (b) elementwise.biasActivate(kind, z, backend.offset(b), o.shape[0], o.shape[1]);
  else if (kind !== activationOps.linear) elementwise.unary(kind, z, z, elements(o.shape));
  return o;
};

const delta: Override = ({ inputs: { dy, h }, attrs, backend }) => {
  const activation = attrs.activation as Activation;
  const kind = activationOps[activation];
  const { sums, elementwise } = backend.kernels;
  const [rows, cols] = dy.shape;
  const g = backend.offset(dy);
  const d = activation === 'linear' ? backend.share(dy) : backend.create(dy.shape);
  const at = backend.offset(d);
  if (!attrs.sums) {
    if (activation !== 'linear') elementwise.chain(kind, g, backend.offset(h), at, rows * cols);
    return [d];
  }
  const s = backend.create([cols]);
  if (activation === 'linear') sums.columnSums(g, backend.offset(s), rows, cols);
  else sums.chainSums(kind, g, backend.offset(h), at, backend.offset(s), rows, cols);
  return [d, s];
};

const activate: Override = ({ inputs: { z }, attrs, backend }) => {
  const activation = attrs.activation as Activation;
  if (activation === 'linear') return backend.share(z);
  const o = backend.create(z.shape);
  backend.kernels.elementwise.unary(activationOps[activation], backend.offset(z), backend.offset(o), elements(z.shape));
  return o;
};

const chain: Override = ({ inputs: { g, h }, attrs, backend }) => {
  const o = backend.create(g.shape);
  const kind = activationOps[attrs.activation as Activation];
  backend.kernels.elementwise.chain(kind, backend.offset(g), backend.offset(h), backend.offset(o), elements(g.shape));
  return o;
};

const accumulate: Override = ({ inputs: { k, a, b }, attrs, backend }) => {
  const at = (t: TensorInfo) => backend.offset(t);
  const o = k && attrs.inPlace ? backend.share(k) : backend.create(a.shape);
  backend.kernels.elementwise.accumulateProduct(
    k ? at(k) : 0,
    at(a),
    attrs.scale as number,
    attrs.add as number,
    at(b),
    at(o),
    elements(a.shape),
  );
  return o;
};

export const ownKernels: Record<string, Override> = {
  [own.dense]: dense,
  [own.delta]: delta,
  [own.product]: ({ inputs: { a, b }, attrs, backend }) =>
    product(backend, a, b, Boolean(attrs.transA), Boolean(attrs.transB), attrs.scale as number),
  [own.activate]: activate,
  [own.chain]: chain,
  [own.accumulateProduct]: accumulate,
  [own.empty]: ({ inputs: { like }, backend }) => backend.create(like.shape),
};
