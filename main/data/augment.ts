// Augmentation of training images: padded by 4 reflected pixels and cropped at random, flipped left to right in half of the cases, and
// a square cut out. One generator a batch, from (seed, epoch, batch): a resumed run draws what it would have drawn.
import type { RunConfig } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import { createGenerator } from '../devices/random.ts';

/** pixels; a crop lies 0 … 2·pad into the padded image */
export const pad = 4;

/** Position of place i of a padded line in the line itself: reflected at the ends, which are not repeated. */
const reflect = (i: number, n: number): number => {
  const at = Math.abs(i);
  return at < n ? at : 2 * (n - 1) - at;
};

/** @throws `bad-input` where a config augments samples that are no images, or too small to be reflected */
export function checkAugmentation({ data }: RunConfig, shape: readonly number[]): void {
  if (!data.augment) return;
  if (shape.length !== 3)
    throw badInput(`data.augment: expected false for samples that are not images [H, W, C], got true for [${shape.join(', ')}]`);
  const [height, width] = shape;
  if (height <= pad || width <= pad)
    throw badInput(`data.augment: expected images of ${pad + 1} × ${pad + 1} at least, got ${height} × ${width}`);
}

export interface Augmenter {
  /** Writes the images `rows` of x, each changed in its own way, to `out`, one after the other. epoch and b choose what is drawn. */
  gather(x: Float32Array, rows: Int32Array, out: Float32Array, epoch: number, b: number): void;
}

/** The augmenter of a config for images [H, W, C]; null where it augments nothing. @throws as checkAugmentation */
export function createAugmenter(config: RunConfig, shape: readonly number[]): Augmenter | null {
  checkAugmentation(config, shape);
  const { augment, cutout } = config.data;
  if (!augment) return null;
  const [height, width, channels] = shape;
  const line = width * channels;
  const offsets = 2 * pad + 1;
  const image = new Float32Array(height * line);
  /** for each flip and each offset of the crop: where in its line each value of a line comes from */
  const columns = Array.from({ length: 2 * offsets }, (_, k) =>
    Int32Array.from({ length: line }, (__, i) => {
      const column = Math.floor(i / channels);
      const place = k < offsets ? column : width - 1 - column;
      return reflect(place + (k % offsets) - pad, width) * channels + (i % channels);
    }),
  );

  return {
    gather(x, rows, out, epoch, b) {
      const g = createGenerator(config.seed, `augment ${epoch} ${b}`);
      let to = 0;
      for (const row of rows) {
        const down = g.integer(offsets);
        const across = g.integer(offsets);
        const column = columns[(g.next() < 0.5 ? offsets : 0) + across];
        // Copied in one piece first: lines picked one by one from where the samples lie wait for memory, and take twice as long.
        image.set(x.subarray(row * image.length, (row + 1) * image.length));
        const start = to;
        for (let h = 0; h < height; h++) {
          const from = reflect(h + down - pad, height) * line;
          for (let i = 0; i < line; i++) out[to + i] = image[from + column[i]];
          to += line;
        }
        if (cutout === 0) continue;
        // The centre is anywhere in the image, so that squares at the border are cut off by it.
        const [top, left] = [g.integer(height) - (cutout >> 1), g.integer(width) - (cutout >> 1)];
        const [first, last] = [Math.max(left, 0) * channels, Math.min(left + cutout, width) * channels];
        for (let h = Math.max(top, 0); h < Math.min(top + cutout, height); h++)
          out.fill(0, start + h * line + first, start + h * line + last);
      }
    },
  };
}
