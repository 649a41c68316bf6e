import type { ResnetConfig } from '../contract/config.ts';
import type { Device } from '../devices/index.ts';
import type { Network } from './index.ts';
export interface ResnetOptions {
  seed: number;
  shape: readonly number[];
  classes: number;
  convFeatures: 'flatten' | 'mean';
}
export function createResnet11(_device: Device, _model: ResnetConfig, _o: ResnetOptions): Network {
  throw new Error('not yet');
}
