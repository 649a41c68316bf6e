// Similarity of one layer of a snapshot with one of another, each pair computed once: a snapshot never changes, so its numbers stay right.
// Models beside each other and one model's epochs are the same question.
import type { Split } from '../contract/results.ts';
import type { Question } from '../store/index.ts';
import type { Answers } from './answers.ts';
import type { Taken } from './compare-snapshots.ts';
import type { Watch } from './shared.ts';

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
  return {
    /** [n, n], symmetric, 1 on the diagonal. Sides are probed on the same samples: the caller has checked. */
    async matrix(sides: readonly Side[], split: Split, o: Watch = {}): Promise<number[][]> {
      const pairs = sides.flatMap((_, b) => sides.slice(0, b).map((__, a): [number, number] => [a, b]));
      const questions = pairs.map(([a, b]) => questionOf(sides[a], sides[b], split));
      const found = await answers.all(
        questions,
        (missing, watch) => {
          const wanted = missing.map((at) => pairs[at]);
          const needed = [...new Set(wanted.flat())].sort((a, b) => a - b);
          const place = new Map(needed.map((at, i) => [at, i]));
          const places = wanted.map(([a, b]): [number, number] => [place.get(a) as number, place.get(b) as number]);
          return compare(
            needed.map((at) => sides[at]),
            places,
            split,
            watch,
          );
        },
        o,
      );
      const values = sides.map(() => sides.map(() => 1));
      for (const [i, [a, b]] of pairs.entries()) values[a][b] = values[b][a] = found[i];
      return values;
    },
  };
}
