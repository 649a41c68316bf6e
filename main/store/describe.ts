// A network in a few words, for tables and captions.
import type { RunConfig } from '../contract/config.ts';

/** `mlp 4×200 relu`, or `mlp 128-64 tanh` where the widths differ; `resnet11 ×0.25`, `resnet11 ×1, no skip` */
export function modelText({ model }: RunConfig): string {
  if (model.kind === 'resnet11')
    return `resnet11 ×${model.width}${model.skip ? '' : ', no skip'}${model.batchNorm ? '' : ', no batch norm'}`;
  const { hidden } = model;
  const widths = hidden.length === 0 ? 'linear' : hidden.every((n) => n === hidden[0]) ? `${hidden.length}×${hidden[0]}` : hidden.join('-');
  return `${model.kind} ${widths} ${model.activation}`;
}
