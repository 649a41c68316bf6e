// Normalisation of channels: each to mean 0 and standard deviation 1 over the run's own training samples; the test samples by the same
// numbers, so that both splits pass the same map.
import type { RunConfig } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import type { Samples } from './pool.ts';

/** Channels of a sample: those of an image [H, W, C]; anything else is one channel. */
export const channelsOf = (shape: readonly number[]): number => (shape.length === 3 ? shape[2] : 1);

/** Whether a config normalises samples of this shape: `auto` does where images have several channels. */
export const normalises = ({ data }: RunConfig, shape: readonly number[]): boolean =>
  data.normalise === 'channels' || (data.normalise === 'auto' && channelsOf(shape) > 1);

/** Mean and standard deviation (over all samples and places, divided by their number) of each channel, in float64 in two passes. */
export function channelStatistics(x: Float32Array, channels: number): { mean: Float64Array; deviation: Float64Array } {
  const n = x.length / channels;
  const [mean, deviation] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < x.length; i += channels) for (let c = 0; c < channels; c++) mean[c] += x[i + c];
  for (let c = 0; c < channels; c++) mean[c] /= n;
  for (let i = 0; i < x.length; i += channels) for (let c = 0; c < channels; c++) deviation[c] += (x[i + c] - mean[c]) ** 2;
  for (let c = 0; c < channels; c++) deviation[c] = Math.sqrt(deviation[c] / n);
  return { mean, deviation };
}

/** Normalises both splits in place. @throws `bad-input` naming a channel that is constant over the training samples */
export function normaliseChannels(train: Samples, test: Samples, shape: readonly number[]): void {
  const channels = channelsOf(shape);
  const { mean, deviation } = channelStatistics(train.x, channels);
  // Rounding alone leaves up to about 1e-16 of the mean where every value is the same.
  const constant = deviation.findIndex((s, c) => !(s > 1e-12 * Math.abs(mean[c])));
  if (constant >= 0)
    throw badInput(
      `data.normalise: expected channels that vary over the training samples, got channel ${constant} of 0 … ${channels - 1} constant at ` +
        `${mean[constant]}; none leaves the channels as they are`,
    );
  for (const { x } of [train, test])
    for (let i = 0; i < x.length; i += channels) for (let c = 0; c < channels; c++) x[i + c] = (x[i + c] - mean[c]) / deviation[c];
}
