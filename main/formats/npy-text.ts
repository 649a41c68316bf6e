// NPY arrays of texts (`<U12`, `|S12`): names of layers, ids of samples.
import { shown } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import { countOf } from './array.ts';
import { readNpyHeader } from './npy.ts';

const longestText = 1000;
const mostBytes = 64 << 20;
const pattern = /^(?<kind>[<|][US])(?<length>\d+)$/;

/** Whether an NPY file holds texts of fixed length. */
export const holdsText = (bytes: Uint8Array, what: string): boolean => pattern.test(readNpyHeader(bytes, what).descr);

/** How many texts of what length an NPY file of `size` bytes holds by its header, in `head`. */
export function checkedText(head: Uint8Array, size: number, what: string) {
  const { descr, shape, offset } = readNpyHeader(head, what);
  const groups = pattern.exec(descr)?.groups;
  if (!groups) throw badInput(`${what}: expected texts, got type ${shown(descr)}`);
  const length = Number(groups['length']);
  const wide = groups['kind'][1] === 'U';
  const n = countOf(shape);
  const width = length * (wide ? 4 : 1);
  if (length > longestText) throw badInput(`${what}: expected texts of at most ${longestText} characters, got ${length}`);
  if (n * Math.max(1, width) > mostBytes) throw badInput(`${what}: expected texts of at most ${mostBytes} bytes, got ${n} of ${width}`);
  if (size - offset !== n * width) throw badInput(`${what}: expected ${n * width} bytes for ${n} texts, got ${size - offset}`);
  return { n, length, width, wide, offset };
}

/** The texts of an NPY file, flat. */
export function readNpyText(bytes: Uint8Array, what: string): string[] {
  const { n, length, width, wide, offset } = checkedText(bytes, bytes.length, what);
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, n * width);
  const read = (from: number): string => {
    let text = '';
    for (let k = 0; k < length; k++) {
      const code = wide ? view.getUint32(from + 4 * k, true) : view.getUint8(from + k);
      if (code > 0x10ffff) throw badInput(`${what}: a character in it is impossible (${code})`);
      text += String.fromCodePoint(code);
    }
    return text.replace(/\0+$/, ''); // NumPy pads with zeros
  };
  return Array.from({ length: n }, (_, i) => read(i * width));
}
