// Where what a run has is computed again: on the device asked for, on the run's own, or on another where that one is not here.
import { expect, test } from 'vitest';
import type { DeviceWish } from '../../../main/compute/index.ts';
import { createAgainOn } from '../../../main/services/again-on.ts';

function asked(device: DeviceWish, own: DeviceWish, usable: boolean) {
  const [said, questions] = [[] as string[], [] as string[]];
  const againOn = createAgainOn({
    device,
    deviceOf: () => own,
    devices: () => {
      questions.push('devices');
      return Promise.resolve([
        { name: 'cpu', usable: true, reason: 'BLAS' },
        { name: 'webgpu', usable, reason: usable ? 'a chip' : 'Dawn finds no GPU here' },
      ]);
    },
    log: (line) => said.push(line),
  });
  return againOn('abc').then((on) => ({ on, said, questions }));
}

test('what was asked for here goes before all', async () => {
  expect(await asked('cpu', 'webgpu', true)).toEqual({ on: 'cpu', said: [], questions: [] });
});

test('the run’s own device, and nobody is asked where it is always there', async () => {
  for (const own of ['auto', 'cpu'] as const) expect(await asked('auto', own, false)).toEqual({ on: own, said: [], questions: [] });
  expect(await asked('auto', 'webgpu', true)).toEqual({ on: 'webgpu', said: [], questions: ['devices'] });
});

test('another one where the run’s own is not here, and that is said', async () => {
  const gone = await asked('auto', 'webgpu', false);
  expect(gone.on).toBe('auto');
  expect(gone.said).toEqual([
    'run abc was trained on webgpu, which is not here (Dawn finds no GPU here); it is computed again on another device',
  ]);
  expect((await asked('auto', 'cuda', true)).said).toEqual([expect.stringContaining('which is not here (nobody knows of it)')]);
});
