import { expect, test } from 'vitest';
import { runStates, type RunState } from '../../../main/contract/results.ts';
import { mayMove, openLibrary } from '../../../main/store/index.ts';
import { config, newDir } from './support.ts';

const moves: [RunState, RunState][] = runStates.flatMap((a) => runStates.map((b): [RunState, RunState] => [a, b]));

test('what a run may become', () => {
  const table = Object.fromEntries(
    runStates.map((a) => [a, moves.filter(([from, to]) => from === a && mayMove(from, to)).map(([, to]) => to)]),
  );
  expect(table).toEqual({
    queued: ['running', 'failed', 'interrupted'],
    running: ['paused', 'done', 'failed', 'interrupted'],
    paused: ['queued', 'running', 'failed', 'interrupted'],
    done: [],
    failed: ['queued'],
    interrupted: ['queued'],
  });
});

/** A way to each state from `queued`. */
const ways: Record<RunState, RunState[]> = {
  queued: [],
  running: ['running'],
  paused: ['running', 'paused'],
  done: ['running', 'done'],
  failed: ['running', 'failed'],
  interrupted: ['interrupted'],
};

test.each(moves)('the library obeys it: %s → %s', (from, to) => {
  const library = openLibrary(newDir(), { write: true, owner: 'test' });
  try {
    const { id } = library.runs.create({ name: 'r', config: config(), device: 'auto' });
    for (const state of ways[from]) library.runs.move(id, state);
    if (mayMove(from, to)) expect(library.runs.move(id, to, 'why')).toMatchObject({ state: to, reason: 'why' });
    else {
      expect(() => library.runs.move(id, to)).toThrow(`run ${id}: is ${from}, which can become`);
      expect(library.runs.get(id).state).toBe(from);
    }
  } finally {
    library.close();
  }
});

test('a run that is at work is not removed', () => {
  const library = openLibrary(newDir(), { write: true, owner: 'test' });
  const { id } = library.runs.create({ name: 'r', config: config(), device: 'auto' });
  library.runs.move(id, 'running');
  expect(() => library.removeRun(id)).toThrow('is running; cancel it');
  library.runs.move(id, 'done');
  library.removeRun(id);
  expect(library.runs.list()).toEqual([]);
  library.close();
});
