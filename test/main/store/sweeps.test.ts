// Sweeps in the library: cells and their runs, names, what deleting a run leaves.
import { expect, test } from 'vitest';
import { openLibrary, type NewSweep } from '../../../main/store/index.ts';
import { config, newDir } from './support.ts';

const spec = { name: 's', base: {}, grid: { seed: [0, 1, 2] } };
const sweep = (hash: string, name = 's'): NewSweep => ({
  name,
  hash,
  spec: { ...spec, name },
  cells: [0, 1, 2].map((i) => ({ name: `${name} seed=${i}`, hash: `${hash} ${i}` })),
});
const open = () => openLibrary(newDir(), { write: true, owner: 'test' });

test('cells have no run, then one, and none again when it is deleted', () => {
  const library = open();
  const { sweeps, runs } = library;
  const id = sweeps.create(sweep('0123456789abcdef'));
  expect(id).toBe('01234567');
  expect(sweeps.find('0123456789abcdef')).toBe(id);
  expect(sweeps.find('0123')).toBeNull();
  expect(sweeps.get(id)).toMatchObject({ id, name: 's', size: 3, counts: { none: 3 }, spec });
  const { id: run } = runs.create({ name: 'mine', config: config(), device: 'auto' });
  sweeps.setRun(id, 1, run);
  library.metrics.put(run, { epoch: 0, trainLoss: 1, testLoss: 1, trainAccuracy: 0.5, testAccuracy: 0.25 });
  library.metrics.put(run, { epoch: 1, trainLoss: 1, testLoss: 1, trainAccuracy: 0.5, testAccuracy: 0.75 });
  runs.move(run, 'running');
  runs.beat(run, 2.5);
  const none = { run: null, state: 'none', epoch: null, epochs: null, testAccuracy: null, reason: null, seconds: 0 };
  expect(sweeps.cells(id)).toEqual([
    { ...none, name: 's seed=0', hash: '0123456789abcdef 0' },
    {
      name: 'mine',
      hash: '0123456789abcdef 1',
      run,
      state: 'running',
      epoch: 0,
      epochs: 4,
      testAccuracy: 0.75,
      reason: null,
      seconds: 2.5,
    },
    { ...none, name: 's seed=2', hash: '0123456789abcdef 2' },
  ]);
  expect(sweeps.list()).toMatchObject([{ id, size: 3, counts: { none: 2, running: 1 } }]);
  runs.move(run, 'done');
  expect(sweeps.doneConfigs(['digits', 'mnist'])).toEqual([{ id: run, config: config() }]);
  expect(sweeps.doneConfigs(['mnist'])).toEqual([]);
  library.removeRun(run);
  expect(sweeps.cells(id)[1]).toEqual({ ...none, name: 's seed=1', hash: '0123456789abcdef 1' });
  library.close();
});

test('ids are the first digits of the hash that no other sweep has; id, name and prefix name a sweep', () => {
  const library = open();
  const { sweeps } = library;
  const first = sweeps.create(sweep('aaaaaaaaaa', 'one'));
  const second = sweeps.create(sweep('aaaaaaaabb', 'two'));
  expect([first, second]).toEqual(['aaaaaaaa', 'aaaaaaaab']);
  expect([first, 'two', 'aaaaaaaab', 'three'].map((ref) => sweeps.resolve(ref))).toEqual([first, second, second, null]);
  expect(() => sweeps.resolve('aaa')).toThrow(/^sweep: "aaa" could be aaaaaaaa \(one, .*\), aaaaaaaab \(two, .*\); give more of its id$/);
  // The same hash twice is a mistake of the caller, and leaves nothing.
  expect(() => sweeps.create(sweep('aaaaaaaabb', 'again'))).toThrow();
  expect(sweeps.list().map((s) => s.name)).toEqual(['two', 'one']);
  library.close();
});
