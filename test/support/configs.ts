// Configs as the tests need them.
import type { MlpConfig, RunConfig } from '../../main/contract/config.ts';

/** The model of a config that is known to be an MLP's. */
export function mlpOf({ model }: RunConfig): MlpConfig {
  if (model.kind !== 'mlp') throw new Error(`expected an mlp, got ${model.kind}`);
  return model;
}
