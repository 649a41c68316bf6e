// What is said of runs outside the page, from the events alone.
import { beforeEach, expect, test, vi } from 'vitest';
import type { RunSummary } from '../../main/contract/results.ts';

vi.mock('electron', () => ({}));
const { followRuns } = await import('../../electron/activity.ts');
const { barOf } = await import('../../electron/progress.ts');
const { noticeOf } = await import('../../electron/notify.ts');
const { wordsOf } = await import('../../electron/background.ts');
const { questionOf } = await import('../../electron/quit.ts');

const run = (id: string, state: RunSummary['state'], more: Partial<RunSummary> = {}): RunSummary => ({
  id,
  name: id,
  state,
  created: '2026-01-01T00:00:00Z',
  tags: [],
  dataset: 'mnist',
  model: 'mlp',
  epochs: 10,
  epoch: 0,
  trainAccuracy: null,
  testAccuracy: null,
  ntkTarget: null,
  cka: [],
  meanCka: null,
  seconds: 0,
  note: '',
  reason: null,
  fields: {},
  ...more,
});
let ended: string[];
let told: number;
let runs: ReturnType<typeof followRuns>;
beforeEach(() => {
  ended = [];
  told = 0;
  runs = followRuns({ changed: () => told++, ended: (r) => ended.push(`${r.id} ${r.state}`) });
});
const changed = (...given: Parameters<typeof run>) => runs.onEvent('run.changed', run(...given));
const progress = (id: string, epoch: number) =>
  runs.onEvent('run.progress', { id, epoch, epochs: 10, stage: 'training', secondsLeft: null, secondsPerEpoch: null });

test('progress is the mean of the running runs, and unknown while one of them has not begun to count', () => {
  expect(runs.now()).toEqual({ running: 0, share: null });
  changed('a', 'running');
  expect(runs.now()).toEqual({ running: 1, share: null });
  progress('a', 4);
  expect(runs.now()).toEqual({ running: 1, share: 0.4 });
  changed('b', 'running');
  expect(runs.now()).toEqual({ running: 2, share: null });
  progress('b', 8);
  expect(runs.now().share).toBeCloseTo((0.4 + 0.8) / 2, 12);
  changed('b', 'paused', { epoch: 8 });
  expect(runs.now()).toEqual({ running: 1, share: 0.4 });
  changed('b', 'running', { epoch: 8 });
  changed('a', 'done', { epoch: 10 });
  expect(runs.now()).toEqual({ running: 1, share: 0.8 });
  runs.onEvent('run.removed', { id: 'b' });
  expect(runs.now()).toEqual({ running: 0, share: null });
});

test('a run that goes on from a checkpoint counts from there; one that was not under way here is no end', () => {
  changed('a', 'running', { epoch: 5 });
  expect(runs.now().share).toBe(0.5);
  changed('old', 'done');
  changed('a', 'interrupted');
  changed('a', 'interrupted');
  expect(ended).toEqual(['a interrupted']);
  changed('c', 'running');
  const before = told;
  runs.clear();
  expect(runs.now()).toEqual({ running: 0, share: null });
  expect(told).toBe(before + 1);
  progress('c', 3);
  expect(runs.now()).toEqual({ running: 0, share: null });
});

test('the bar: none, of unknown length, or so far', () => {
  expect(barOf({ running: 0, share: null })).toEqual({ progress: -1, mode: 'none' });
  expect(barOf({ running: 2, share: null })).toEqual({ progress: 2, mode: 'indeterminate' });
  expect(barOf({ running: 1, share: 0.25 })).toEqual({ progress: 0.25, mode: 'normal' });
});

test('the end of a long run is told, done or failed; a short one’s and a stopped one’s is not', () => {
  expect(noticeOf(run('a', 'done', { seconds: 59.9 }))).toBeNull();
  expect(noticeOf(run('a', 'interrupted', { seconds: 600, reason: 'stopped by request' }))).toBeNull();
  expect(noticeOf(run('a', 'done', { seconds: 60, epoch: 10, testAccuracy: 0.9786 }))).toEqual({
    title: '“a” is done',
    body: '10 epochs, test accuracy 97.9 %',
  });
  expect(noticeOf(run('a', 'failed', { seconds: 61, reason: 'the loss is not finite at epoch 3' }))).toEqual({
    title: '“a” failed',
    body: 'the loss is not finite at epoch 3',
  });
});

test('the words of the icon, and of the question on leaving', () => {
  expect(wordsOf({ running: 0, share: null })).toBe('no run under way');
  expect(wordsOf({ running: 1, share: null })).toBe('1 run under way');
  expect(wordsOf({ running: 3, share: 0.999 })).toBe('3 runs under way, 99 %');
  const { message, buttons, answers, cancelId } = questionOf(['a']);
  expect(message).toBe('“a” is under way.');
  expect(buttons.map((b, i) => [b, answers[i]])).toEqual([
    ['Stop and Quit', 'stop'],
    ['Go On in the Background', 'background'],
    ['Cancel', 'stay'],
  ]);
  expect(answers[cancelId ?? -1]).toBe('stay');
  expect(questionOf(['a', 'b']).message).toBe('2 runs are under way.');
});
