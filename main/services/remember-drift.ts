// Kernel drift forms a kernel for every snapshot, which takes a while: what was computed is kept, so that looking at it again and exporting
// it cost nothing more. Snapshots are deterministic: one that a resumed run makes again is the same but for rounding.
import type { Similarities } from './figure-comparisons.ts';

/** The same similarities; `drift` answers a question that it has answered before, or is at work on, from memory. most: answers kept */
export function rememberDrift(similarities: Similarities, most = 32): Similarities {
  const answers = new Map<string, Promise<number[][]>>();
  return {
    ...similarities,
    drift(request) {
      const key = JSON.stringify([request.run, request.layer, request.split, request.epochs]);
      const known = answers.get(key);
      if (known) return known;
      const answer = similarities.drift(request);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key)); // whoever asked hears of the failure; the next one tries anew
      for (const old of [...answers.keys()].slice(0, -most)) answers.delete(old);
      return answer;
    },
  };
}
