// PNG of an SVG, written with its resolution and without transparency, as journals want it. It takes up to seconds, without a breath.
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { badInput, KernelscopeError } from '../../contract/errors.ts';

const faces = ['400Regular', '400Regular_Italic', '600SemiBold', '600SemiBold_Italic', '700Bold', '700Bold_Italic'];
const families = { Inter: faces.slice(0, 4), STIXTwoText: faces.slice(0, 4), Arimo: [...faces.slice(0, 2), ...faces.slice(4)] };
const fontFiles = Object.entries(families).flatMap(([family, own]) => own.map((face) => `${family}_${face}.ttf`));

/** Pixels that are drawn at most: four bytes each, twice. */
const mostPixels = 120e6;

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** RGBA pixels, none of them transparent → PNG of eight bits a colour, each row as its difference from the one above. */
function encode(pixels: Uint8Array, width: number, height: number, dotsPerInch: number): Uint8Array {
  const line = 1 + 3 * width;
  const rows = Buffer.alloc(line * height);
  const above = 4 * width;
  for (let y = 0; y < height; y++) {
    let at = y * line;
    rows[at++] = y === 0 ? 0 : 2;
    let p = above * y;
    for (let x = 0; x < width; x++, p += 4)
      for (let c = 0; c < 3; c++) rows[at++] = y === 0 ? pixels[p + c] : pixels[p + c] - pixels[p + c - above];
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // eight bits, red green blue
  const physical = Buffer.alloc(9);
  const perMetre = Math.round(dotsPerInch / 0.0254);
  physical.writeUInt32BE(perMetre, 0);
  physical.writeUInt32BE(perMetre, 4);
  physical[8] = 1;
  const packed = deflateSync(rows, { level: 7 });
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('pHYs', physical),
    chunk('IDAT', packed),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** scale: pixels per 1/96 inch; size: of the SVG, in 1/96 inch
 *  @throws KernelscopeError where the picture would be too large, or the rasteriser is not there */
export async function pngOf(svg: string, size: { width: number; height: number }, fontsDir: string, scale: number): Promise<Uint8Array> {
  const [wide, high] = [size.width, size.height].map((side) => Math.round(side * scale));
  if (wide * high > mostPixels)
    throw badInput(
      `scale: expected at most ${mostPixels / 1e6} million pixels, got ${wide} × ${high}; a smaller size or fewer dots an inch`,
    );
  let Resvg: (typeof import('@resvg/resvg-js'))['Resvg'];
  try {
    ({ Resvg } = await import('@resvg/resvg-js'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KernelscopeError('failed', `PNG: the rasteriser cannot be loaded on this machine (${why}); SVG and CSV can be had`);
  }
  const font = {
    fontFiles: fontFiles.map((face) => path.join(fontsDir, face)),
    loadSystemFonts: false,
    defaultFontFamily: 'Inter',
    sansSerifFamily: 'Inter',
    serifFamily: 'STIX Two Text',
  };
  const drawn = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale } }).render();
  return encode(drawn.pixels, drawn.width, drawn.height, 96 * scale);
}
