// Starting thousands of cells: others are answered meanwhile, and the sweep is there as a whole or not at all.
import { afterEach, expect, test } from 'vitest';
import { openLibrary } from '../../../main/store/index.ts';
import { config, newDir } from '../store/support.ts';
import { playedCompute, settle, setUp } from './support.ts';

const base = {
  data: { dataset: 'digits', train: 100, test: 50 },
  training: { batchSize: 50, epochs: 4 },
  analysis: { probe: { train: 20, test: 20 }, snapshots: [0, 2, 'last'] },
};
const sweep = (n: number) => ({ name: 'many', base, grid: { seed: [...Array(n).keys()] } });
const zero = { done: 0, takenOver: 0, underway: 0, resumed: 0, created: 0, failed: 0, left: 0 };

let toClose: { close(): Promise<void> }[] = [];
const open = (...args: Parameters<typeof setUp>) => {
  const made = setUp(...args);
  toClose.push(made.services);
  return made;
};
afterEach(async () => {
  for (const services of toClose) await services.close();
  toClose = [];
});

/** The most that one turn of `work` took of the processor while nobody else could have it, in ms. Not the clock: other programs stop that one. */
async function heaviestTurn<T>(work: Promise<T>): Promise<{ value: T; heaviest: number }> {
  const used = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let heaviest = 0;
  let over = false;
  let last = used();
  const value = work.finally(() => (over = true));
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = used();
    heaviest = Math.max(heaviest, now - last);
    last = now;
  }
  return { value: await value, heaviest };
}

test('10,000 cells start, go on and stop without holding up anybody', async () => {
  const { compute, started } = playedCompute();
  const { services, library } = open(compute);
  const all = { sweep: sweep(10_000) };
  const seen = new Set<string>();
  const look = setInterval(() => {
    const counts = library.sweeps.list().map((s) => s.counts);
    seen.add(`${counts.length} sweeps, ${counts.map((c) => (c.queued ?? 0) + (c.running ?? 0)).join(' ')}`);
  }, 5);
  const first = await heaviestTurn(services['sweep.start'](all));
  clearInterval(look);
  expect(first.value).toMatchObject({ ...zero, size: 10_000, created: 10_000 });
  expect([...seen]).toEqual(['0 sweeps, ', '1 sweeps, 10000']);
  expect(started).toHaveLength(1);
  expect((await services['queue.get']({})).waitingInAll).toBe(9_999);
  const again = await heaviestTurn(services['sweep.start'](all));
  expect(again.value).toMatchObject({ ...zero, underway: 10_000 });
  const stop = await heaviestTurn(services['sweep.cancel']({ sweep: 'many' }));
  expect(stop.value.counts).toEqual({ interrupted: 9_999, failed: 1 });
  const resumed = await heaviestTurn(services['sweep.start'](all));
  expect(resumed.value).toMatchObject({ ...zero, resumed: 9_999, failed: 1 });
  const detail = await heaviestTurn(services['sweep.get']({ sweep: 'many' }));
  expect(detail.value.cells).toHaveLength(10_000);
  // Slices are 15 ms; the collector of garbage works beside them.
  for (const { heaviest } of [first, again, stop, resumed, detail]) expect(heaviest).toBeLessThan(80);
}, 120_000);

/** A start whose hundredth new run is written when `then` is called. */
function midway({ library }: ReturnType<typeof open>, then: () => void): void {
  const { run } = library.starts;
  let written = 0;
  library.starts.run = (...args) => {
    if (++written === 100) setImmediate(then);
    return run(...args);
  };
}
/** What is in the file, out of the lists too. */
const counted = (dir: string) => {
  const library = openLibrary(dir, { write: true, owner: 'test' });
  const found = { runs: library.runs.inStates('queued', 'interrupted').length, sweeps: library.sweeps.list().length };
  library.close();
  return found;
};

test('a crash in the middle of a start leaves nothing of it', async () => {
  const dir = newDir();
  const dying = open(playedCompute().compute, { dir });
  const other = dying.library.runs.create({ name: 'other', config: config(), device: 'auto' });
  midway(dying, () => dying.library.close());
  await expect(dying.services['sweep.start']({ sweep: sweep(3000) })).rejects.toThrow(/connection is not open/);
  toClose = [];
  const library = openLibrary(dir, { write: true, owner: 'test' });
  expect([library.runs.list().map((r) => r.id), library.sweeps.list()]).toEqual([[other.id], []]);
  library.close();
  expect(counted(dir)).toEqual({ runs: 1, sweeps: 0 });
});

test('closing the program in the middle of a start undoes it', async () => {
  const dir = newDir();
  const { compute, started } = playedCompute();
  const made = open(compute, { dir });
  toClose = [];
  const closed = new Promise<void>((resolve) => midway(made, () => resolve(made.services.close())));
  await expect(made.services['sweep.start']({ sweep: sweep(3000) })).rejects.toMatchObject({
    code: 'cancelled',
    message: 'sweep: the program was closed before it had started; nothing of it is kept',
  });
  await closed;
  expect(started).toEqual([]);
  expect(counted(dir)).toEqual({ runs: 0, sweeps: 0 });
});

test('a disk that is full in the middle of a start: the error is told, nothing is kept, and the queue is empty', async () => {
  const { compute, started } = playedCompute();
  const { services, library } = open(compute, { limitBytes: 1_500_000 });
  await expect(services['sweep.start']({ sweep: sweep(3000) })).rejects.toThrow('the disk is full');
  expect([library.runs.count(), library.sweeps.list(), started.length]).toEqual([0, [], 0]);
  expect((await services['queue.get']({})).waitingInAll).toBe(0);
  expect(await services['sweep.start']({ sweep: sweep(3) })).toMatchObject({ created: 3 });
});

test('the same sweep asked for twice at once is started once; one that is stopped meanwhile is stopped as a whole', async () => {
  const { compute, started } = playedCompute();
  const { services, library } = open(compute);
  const both = await Promise.all([services['sweep.start']({ sweep: sweep(500) }), services['sweep.start']({ sweep: sweep(500) })]);
  expect(both).toMatchObject([{ created: 500 }, { underway: 500 }]);
  expect(library.runs.count()).toBe(500);
  await services['sweep.cancel']({ sweep: 'many' });
  const resumed = services['sweep.start']({ sweep: sweep(500) });
  await services['sweep.cancel']({ sweep: 'many' });
  await resumed;
  await settle();
  expect((await services['sweep.get']({ sweep: 'many' })).counts.queued).toBeUndefined();
  expect((await services['queue.get']({})).waitingInAll).toBe(0);
  expect(started.every((job) => job.cancelled)).toBe(true);
});

test('only some cells: the others have a run where one is done, and are left else', async () => {
  const { compute, started } = playedCompute();
  const { services } = open(compute);
  const states = async () => (await services['sweep.get']({ sweep: 'many' })).cells.map((c) => c.state);
  expect(await services['sweep.start']({ sweep: sweep(3), only: [2] })).toMatchObject({ ...zero, created: 1, left: 2 });
  await settle();
  expect(started.map((s) => s.input.config.seed)).toEqual([1]);
  started[0].done();
  await settle();
  expect(await states()).toEqual(['none', 'done', 'none']);
  // Another sweep takes it over and trains nothing.
  const other = { ...sweep(3), name: 'other' };
  expect(await services['sweep.start']({ sweep: other, only: [] })).toMatchObject({ ...zero, takenOver: 1, left: 2 });
  expect(await services['sweep.start']({ sweep: sweep(3) })).toMatchObject({ ...zero, done: 1, created: 2 });
  const named = async (run: string) => (await services['sweep.list']({ run })).map((s) => s.name);
  expect([await named('seed=1'), await named('seed=0')]).toEqual([['other', 'many'], ['many']]);
  await expect(named('nobody')).rejects.toMatchObject({ code: 'not-found' });
  for (const call of [services['sweep.start'], services.checkSweep])
    await expect(call({ sweep: sweep(3), only: [4] })).rejects.toThrow(/^only: expected cells 1 … 3, got 4$/);
});
