// Kernel drift is computed once for each question.
import { expect, test } from 'vitest';
import { rememberDrift } from '../../../main/services/remember-drift.ts';
import type { Similarities } from '../../../main/services/figure-comparisons.ts';

const question = { run: 'a', layer: 'layer1', split: 'test' as const, epochs: [0, 4] };

test('the same question is answered from memory, another one is not, and a failure is tried again', async () => {
  let asked = 0;
  let broken = false;
  const similarities: Similarities = {
    layers: () => Promise.reject(new Error('not asked')),
    models: () => Promise.reject(new Error('not asked')),
    drift: async ({ epochs }) => {
      asked++;
      if (broken) throw new Error('the process ended');
      return epochs.map(() => epochs.map(() => asked));
    },
  };
  const { drift } = rememberDrift(similarities, 2);
  const [first, second] = await Promise.all([drift(question), drift({ ...question })]);
  expect([first, second, asked]).toEqual([first, first, 1]);
  for (const other of [{ split: 'train' as const }, { layer: 'layer2' }]) await drift({ ...question, ...other });
  expect(asked).toBe(3);
  await drift(question); // forgotten: only two are kept
  expect(asked).toBe(4);
  broken = true;
  await expect(drift({ ...question, epochs: [0] })).rejects.toThrow('the process ended');
  broken = false;
  expect(await drift({ ...question, epochs: [0] })).toEqual([[6]]);
});
