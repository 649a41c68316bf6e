import { expect, test } from 'vitest';
import { Clock } from '../../../main/compute/jobs/clock.ts';

/** A run of 10 epochs with snapshots at 0, 5 and 10; an epoch takes 2 s, an analysis 3 s. */
function play(resumed: number | null) {
  let now = 100;
  const clock = new Clock(10, [0, 5, 10], resumed, () => now);
  return {
    clock,
    epoch(at: number) {
      now += 2;
      clock.reached(at);
    },
    pause(seconds: number) {
      clock.hold();
      now += seconds;
      clock.start();
    },
    analyse(at: number) {
      clock.pause();
      now += 3;
      clock.resume(at);
    },
  };
}

test('nothing is known before the first epoch', () => {
  const { clock } = play(null);
  expect(clock.progress('starting')).toEqual({
    kind: 'progress',
    epoch: 0,
    epochs: 10,
    stage: 'starting',
    secondsLeft: null,
    secondsPerEpoch: null,
  });
});

test('epochs and analyses ahead are counted apart', () => {
  const { clock, epoch, analyse } = play(null);
  clock.start();
  analyse(0);
  for (const e of [1, 2, 3, 4]) epoch(e);
  // 6 epochs of 2 s and 2 analyses of 3 s
  expect(clock.progress('training')).toMatchObject({ epoch: 4, secondsPerEpoch: 2, secondsLeft: 18 });
  epoch(4.5);
  expect(clock.progress('training').epoch).toBe(4);
  epoch(5);
  analyse(5);
  for (const e of [6, 7, 8, 9, 10]) epoch(e);
  analyse(10);
  expect(clock.progress('training').secondsLeft).toBe(0);
});

test('a resumed run counts only what this process did', () => {
  const { clock, epoch } = play(5);
  clock.start();
  epoch(6);
  // 4 epochs, and the one analysis after epoch 5, of which nothing is known yet
  expect(clock.progress('training')).toMatchObject({ epoch: 6, secondsPerEpoch: 2, secondsLeft: 8 });
});

test('a pause counts as nothing', () => {
  const { clock, epoch, analyse, pause } = play(null);
  clock.start();
  pause(1000);
  analyse(0);
  epoch(1);
  pause(1e6);
  epoch(2);
  // 8 epochs of 2 s and 2 analyses of 3 s
  expect(clock.progress('training')).toMatchObject({ epoch: 2, secondsPerEpoch: 2, secondsLeft: 22 });
});
