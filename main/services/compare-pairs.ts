// Similarity of one layer of a snapshot with one of another, each pair computed once: a snapshot never changes, so its numbers stay right.
// Models beside each other and one model's epochs are the same question.
import type { Split } from '../contract/results.ts';
import type { Question } from '../store/index.ts';
import type { Answers } from './answers.ts';
import type { Taken } from './compare-snapshots.ts';
import { createShared, type Watch } from './shared.ts';
import { inSlices } from './slices.ts';

export interface Side extends Taken {
  layer: string;
}
/** One value for each of `pairs`, which are places among `sides`. */
export type ComparePairs = (sides: readonly Side[], pairs: readonly [number, number][], split: Split, o: Watch) => Promise<number[]>;

const keyOf = ({ run, epoch, layer }: Side): string => `${run.id}@${epoch}/${layer}`;
/** The same of a pair either way round. */
function questionOf(a: Side, b: Side, split: Split): Question {
  const [first, second] = keyOf(a) < keyOf(b) ? [a, b] : [b, a];
  const key = `cka ${split} ${keyOf(first)} ${keyOf(second)}`;
  return { run: first.run.id, key, ...(second.run.id !== first.run.id && { other: second.run.id }) };
}

export function createPairs(compare: ComparePairs, answers: Answers<number>) {
  const shared = createShared<number[]>();

  return {
    /** [n, n], symmetric, 1 on the diagonal. Sides are probed on the same samples: the caller has checked. */
    async matrix(sides: readonly Side[], split: Split, o: Watch = {}): Promise<number[][]> {
      const keys = sides.map(keyOf);
      const values = keys.map((_, a) => keys.map((__, b) => (a === b ? 1 : NaN)));
      await inSlices([...keys.keys()], (b) => {
        for (let a = 0; a < b; a++) values[a][b] = values[b][a] = answers.get(questionOf(sides[a], sides[b], split)) ?? NaN;
      });
      const missing = keys.flatMap((_, b) =>
        keys.slice(0, b).flatMap((__, a): [number, number][] => (Number.isNaN(values[a][b]) ? [[a, b]] : [])),
      );
      if (missing.length === 0) return values;
      const needed = [...new Set(missing.flat())].sort((a, b) => a - b);
      const place = new Map(needed.map((at, i) => [at, i]));
      const pairs = missing.map(([a, b]): [number, number] => [place.get(a) as number, place.get(b) as number]);
      const asked = JSON.stringify([split, needed.map((at) => keys[at]), pairs]);
      const those = needed.map((at) => sides[at]);
      const found = await shared.ask(asked, (watch) => compare(those, pairs, split, watch), o);
      for (const [i, [a, b]] of missing.entries()) values[a][b] = values[b][a] = found[i];
      answers.put(missing.map(([a, b], i) => ({ question: questionOf(sides[a], sides[b], split), value: found[i] })));
      return values;
    },
  };
}
