// What a person has set of the queue, kept with the library over a restart: whether it is held, and how many train at a time.
import { z } from 'zod';
import type { Library } from '../store/index.ts';
import type { Queue } from './queue.ts';

const key = 'queue';
const kept = z.object({ held: z.boolean(), atOnce: z.int().min(1).max(64) });
type Kept = z.infer<typeof kept>;

export interface KeptQueue {
  /** as it was kept; null: nothing was */
  found: Kept | null;
  /** Keeps it where it has changed. */
  keep(queue: Queue): void;
}

/** Of a library that is open for reading only nothing is taken and nothing kept. */
export function keptQueue({ settings, readOnly }: Library): KeptQueue {
  const { data: found = null } = kept.safeParse(readOnly ? undefined : settings.get(key));
  let last = found;
  return {
    found,
    keep({ held, most }) {
      if (readOnly || (held === (last?.held ?? false) && most === (last?.atOnce ?? 1))) return;
      const now: Kept = { held, atOnce: most };
      settings.put(key, now);
      last = now;
    },
  };
}
