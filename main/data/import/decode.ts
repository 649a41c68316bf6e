// PNG and JPEG into pixels. The decoder is loaded when the first image is imported, and never before.
import { KernelscopeError, badInput } from '../../contract/errors.ts';
import { largestSide } from './stored.ts';

export interface ImageHead {
  height: number;
  width: number;
  grey: boolean;
}

export interface Decoder {
  /** what an image is, without its pixels. @throws with the reason for what is no such image */
  look(bytes: Uint8Array): Promise<ImageHead>;
  /** [H, W, C], 8 bits, upright, transparency on black. @throws with the reason */
  pixels(bytes: Uint8Array, shape: readonly [number, number, number]): Promise<Uint8Array>;
}

const isPng = (b: Uint8Array) => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((v, i) => b[i] === v);
const isJpeg = (b: Uint8Array) => b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff;
const oneLine = (error: unknown) => (error as Error).message.trim().replaceAll(/\s+/g, ' ');

/** @throws `failed` where the decoder is not there for this machine */
export async function loadDecoder(): Promise<Decoder> {
  const loaded = await import('sharp').catch((error: unknown) => {
    throw new KernelscopeError('failed', `PNG and JPEG: the decoder (sharp) cannot be loaded: ${oneLine(error)}`);
  });
  const sharp = loaded.default;
  sharp.cache(false); // each image is seen once
  const undecodable = (error: unknown) => badInput(`cannot be decoded (${oneLine(error)})`);
  return {
    async look(bytes) {
      // By its first bytes, whatever its name: the decoder would open other formats too.
      if (!isPng(bytes) && !isJpeg(bytes)) throw badInput('expected a PNG or JPEG image, got something else');
      const head = await sharp(bytes)
        .metadata()
        .catch((error: unknown) => {
          throw undecodable(error);
        });
      const { width, height } = head.autoOrient;
      if (Math.max(width, height) > largestSide)
        throw badInput(`expected at most ${largestSide} × ${largestSide} pixels, got ${height} × ${width}`);
      return { height, width, grey: head.space === 'b-w' || head.space === 'grey16' };
    },
    async pixels(bytes, [height, width, channels]) {
      const { data, info } = await sharp(bytes)
        .autoOrient()
        .flatten({ background: '#000' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
        .catch((error: unknown) => {
          throw undecodable(error);
        });
      if (info.height !== height || info.width !== width || info.channels !== channels)
        throw badInput(`expected ${height} × ${width} × ${channels} values, got ${info.height} × ${info.width} × ${info.channels}`);
      return data;
    },
  };
}
