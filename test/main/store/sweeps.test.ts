// Sweeps in the library: cells and their runs, names, what deleting a run leaves.
import { expect, test } from 'vitest';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir } from './support.ts';

const spec = { name: 's', base: {}, grid: { seed: [0, 1, 2] } };
/** A sweep of three cells without runs. */
function made({ starts }: Library, hash: string, name = 's'): string {
  const id = starts.begin({ name, hash, spec: { ...spec, name } });
  for (const i of [0, 1, 2]) starts.cell(id, i, { name: `${name} seed=${i}`, hash: `${hash} ${i}` });
  starts.written(id);
  expect(starts.showSome()).toEqual([]);
  return id;
}
const open = () => openLibrary(newDir(), { write: true, owner: 'test' });

test('cells have no run, then one, and none again when it is deleted', () => {
  const library = open();
  const { sweeps, runs } = library;
  const id = made(library, '0123456789abcdef');
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
  expect(sweeps.done(['digits', 'mnist'])).toEqual([run]);
  expect(sweeps.done(['mnist'])).toEqual([]);
  expect([1, 2, 3].map((i) => sweeps.place(id, i))).toEqual([
    { run, state: 'done' },
    { run: null, state: 'none' },
    { run: null, state: 'none' },
  ]);
  library.removeRun(run);
  expect(sweeps.cells(id)[1]).toEqual({ ...none, name: 's seed=1', hash: '0123456789abcdef 1' });
  library.close();
});

test('ids are the first digits of the hash that no other sweep has; id, name and prefix name a sweep', () => {
  const library = open();
  const { sweeps } = library;
  const first = made(library, 'aaaaaaaaaa', 'one');
  const second = made(library, 'aaaaaaaabb', 'two');
  expect([first, second]).toEqual(['aaaaaaaa', 'aaaaaaaab']);
  expect([first, 'two', 'aaaaaaaab', 'three'].map((ref) => sweeps.resolve(ref))).toEqual([first, second, second, null]);
  expect(() => sweeps.resolve('aaa')).toThrow(/^sweep: "aaa" could be aaaaaaaa \(one, .*\), aaaaaaaab \(two, .*\); give more of its id$/);
  // The same hash twice is a mistake of the caller, and leaves nothing.
  expect(() => made(library, 'aaaaaaaabb', 'again')).toThrow();
  expect(sweeps.list().map((s) => s.name)).toEqual(['two', 'one']);
  library.close();
});

test('a sweep that starts is in no list with its runs, then in all, or it is removed: at once or when the library is opened again', () => {
  const dir = newDir();
  let library = openLibrary(dir, { write: true, owner: 'test' });
  const begin = (hash: string) => {
    const { starts } = library;
    const id = starts.begin({ name: 's', hash, spec });
    for (const i of [0, 1, 2]) {
      starts.cell(id, i, { name: `seed=${i}`, hash: `${hash} ${i}` });
      library.sweeps.setRun(id, i, starts.run(id, { name: `seed=${i}`, config: config(), device: 'cpu' }));
    }
    return id;
  };
  const seen = () => {
    const { runs, sweeps, trash } = library;
    return [runs.count(), runs.list().length, runs.page({ limit: 9 }).runs.length, sweeps.list().length, trash.list().length];
  };
  const id = begin('aaaaaaaaaa');
  expect(seen()).toEqual([0, 0, 0, 0, 0]);
  expect([library.sweeps.find('aaaaaaaaaa'), library.sweeps.resolve(id), library.sweeps.resolve('s')]).toEqual([null, null, null]);
  expect(() => library.sweeps.get(id)).toThrow(`sweep: no sweep "${id}"`);
  // A bundle that comes in meanwhile takes nothing of it along.
  library.staging.settle();
  expect(library.staging.abandonSome()).toBe(false);
  expect(seen()).toEqual([0, 0, 0, 0, 0]);
  library.starts.written(id);
  expect(library.starts.abandonSome()).toBe(false);
  const ids = library.starts.showSome();
  expect(seen()).toEqual([3, 3, 3, 0, 0]); // the sweep comes last
  expect(library.starts.showSome()).toEqual([]);
  expect(library.sweeps.cells(id).map((c) => c.run)).toEqual(ids);
  expect(seen()).toEqual([3, 3, 3, 1, 0]);
  expect(library.sweeps.get(id).counts).toEqual({ queued: 3 });

  begin('bbbbbbbbbb');
  while (library.starts.abandonSome());
  expect(seen()).toEqual([3, 3, 3, 1, 0]);
  begin('bbbbbbbbbb');
  library.close(); // as a crash leaves it
  library = openLibrary(dir, { write: true, owner: 'test' });
  expect(seen()).toEqual([3, 3, 3, 1, 0]);
  expect(library.sweeps.get(id).counts).toEqual({ interrupted: 3 });
  library.starts.written(begin('bbbbbbbbbb'));
  library.close(); // all was written: the rest of it is done now
  library = openLibrary(dir, { write: true, owner: 'test' });
  expect(seen()).toEqual([6, 6, 6, 2, 0]);
  expect(library.sweeps.get('bbbbbbbb').counts).toEqual({ interrupted: 3 });
  library.close();
});
