// How much a message is: for ports whose messages arrive as values, where no frame's length says so.
import { requestLimits, type FrameLimits } from './codec.ts';

/** What one value counts for beside its text or bytes. */
const each = 8;

/** Whether a page's message keeps to the limits of a frame. Stops counting where it does not, so that a huge one costs no more. */
export function isModest(message: unknown, { bytes, depth }: Pick<FrameLimits, 'bytes' | 'depth'> = requestLimits): boolean {
  let left = bytes;
  const stack: { value: unknown; depth: number }[] = [{ value: message, depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value } = next;
    left -= each;
    if (typeof value === 'string') left -= 2 * value.length;
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) left -= value.byteLength;
    else if (typeof value === 'object' && value !== null) {
      if (next.depth >= depth) return false;
      const inner: unknown[] = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
      if (!(value instanceof Map || value instanceof Set || Array.isArray(value)))
        for (const key of Object.keys(value)) left -= 2 * key.length;
      left -= each * inner.length;
      if (left >= 0) for (const x of inner) stack.push({ value: x, depth: next.depth + 1 });
    }
    if (left < 0) return false;
  }
  return true;
}
