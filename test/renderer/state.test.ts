// Parts of the page that need no page: addresses, filter and order, the slider's line, words for numbers, the throttle.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readFilter } from '../../renderer/state/filter.ts';
import { newestFirst, parseSort, sortRuns, sortText } from '../../renderer/state/order.ts';
import { parsePlace, placeHref, type Place } from '../../renderer/state/place.ts';
import { chosenText, differences, parseChosen, withIds, withoutIds } from '../../renderer/state/selection.ts';
import { labelled, nearest, positionOf, positions } from '../../renderer/state/slider.ts';
import { parseConfig } from '../../main/contract/config.ts';
import { age, bytes, duration, epochsOf } from '../../renderer/text.ts';
import { throttle } from '../../renderer/throttle.ts';
import { fakeRun, specs, summaryOf } from '../support/fake-library.ts';

const runs = specs(6).map((s) => summaryOf(fakeRun(s, 1e12)));
const names = (filter: string) => runs.filter((r) => readFilter(filter).test(r)).map((r) => r.name);

test('an address and a place are the same thing', () => {
  const places: Place[] = [
    { view: 'run', run: 'a b/ü?#', params: { epoch: '25', layer: 'layer 1' } },
    { view: 'library', run: null, params: { filter: 'testAccuracy > 0.9 & "x"' } },
    { view: 'devices', run: null, params: {} },
    { view: 'settings', run: null, params: {} },
    { view: 'reproduce', run: null, params: {} },
    { view: 'compare', run: null, params: { runs: 'a1,b2', measure: 'kta' } },
  ];
  for (const place of places) expect(parsePlace(placeHref({ ...place, params: { ...place.params } }))).toEqual(place);
  expect(parsePlace('').view).toBe('library');
  expect(parsePlace('#/nowhere/at?all=1').view).toBe('library');
  expect(parsePlace('#/run/%E0%A4%A').run).toBe('%E0%A4%A');
});

test('words filter over name, tags and state; a comparison makes it an expression', () => {
  expect(names('FIG7 tanh')).toEqual(['mnist-tanh-std']);
  expect(names('interrupted')).toEqual(['digits-deep']);
  expect(names('tag = theory')).toEqual(['digits-momentum']);
  expect(names('state = done and testAccuracy > 0.95')).toEqual(['mnist-relu-std']);
  expect(names('model.activation = tanh')).toContain('mnist-tanh-std');
  expect(() => names('testAcuracy > 0.9')).toThrow('testAccuracy');
});

test('runs without a value come last in either order, equal ones newest first', () => {
  const up = sortRuns(runs, { key: 'testAccuracy', descending: false });
  const down = sortRuns(runs, { key: 'testAccuracy', descending: true });
  for (const order of [up, down]) expect(order.at(-1)?.testAccuracy).toBeNull();
  const values = (list: typeof runs) => list.flatMap((r) => r.testAccuracy ?? []);
  expect(values(up)).toEqual([...values(down)].reverse());
  expect(sortRuns(runs, newestFirst)[0].name).toBe('mnist-wide-ntk');
  expect(
    sortRuns(
      [
        { ...runs[0], name: 'w10' },
        { ...runs[0], name: 'w9' },
      ],
      { key: 'name', descending: false },
    ).map((r) => r.name),
  ).toEqual(['w9', 'w10']);
  expect(parseSort(sortText({ key: 'name', descending: true }))).toEqual({ key: 'name', descending: true });
  expect(parseSort('constructor')).toEqual(newestFirst);
});

test('snapshots keep their order on the slider, from end to end, and what is nearest is found again', () => {
  const epochs = [0, 1, 2, 5, 100, 3000];
  const at = positions(epochs);
  expect(at[0]).toBe(0);
  expect(at.at(-1)).toBe(1);
  for (let i = 1; i < at.length; i++) expect(at[i] - at[i - 1]).toBeGreaterThan(0.05);
  for (const [i, e] of epochs.entries()) {
    expect(positionOf(e, epochs, at)).toBeCloseTo(at[i], 12);
    expect(nearest(at[i] + 0.01, epochs, at)).toBe(e);
  }
  expect(positionOf(50, epochs, at)).toBeGreaterThan(at[3]);
  expect(positionOf(50, epochs, at)).toBeLessThan(at[4]);
  expect(positions([7])).toEqual([0]);
  const shown = labelled(at, [3, 0, 5], 0.15);
  expect([...shown].every((i) => [...shown].every((j) => i === j || Math.abs(at[i] - at[j]) >= 0.15))).toBe(true);
  expect(shown.has(3)).toBe(true);
});

test('numbers as words', () => {
  expect([0.2, 4.25, 42.4, 60, 200, 3599, 7500, 260_000].map(duration)).toEqual([
    '< 1 s',
    '4.3 s',
    '42 s',
    '1 min',
    '3 min 20 s',
    '1 h',
    '2 h 5 min',
    '3 d',
  ]);
  expect([0, 999, 1000, 9_960_000, 212e9].map(bytes)).toEqual(['0 B', '999 B', '1 kB', '10 MB', '212 GB']);
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(['2026-11-23T11:59:30Z', '2026-11-23T11:00:00Z', '2026-11-20T11:00:00Z', '2026-01-02T00:00:00Z'].map((t) => age(t, now))).toEqual([
    'now',
    '1 h',
    '3 d',
    '2026-01-02',
  ]);
  expect([epochsOf({ epoch: 60, epochs: 100 }), epochsOf({ epoch: 100, epochs: 100 })]).toEqual(['60 / 100', '100']);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
test('a throttled call runs at once, then at most once an interval, and the last one is never lost', () => {
  let ran = 0;
  const call = throttle(() => ran++, 250);
  call();
  expect(ran).toBe(1);
  for (let t = 0; t < 1000; t += 10) {
    call();
    vi.advanceTimersByTime(10);
  }
  expect(ran).toBe(5); // at 0, 250, 500, 750, and the call made at 990 at 1000
  vi.advanceTimersByTime(1000);
  expect(ran).toBe(5);
  call();
  call();
  call.stop();
  vi.advanceTimersByTime(1000);
  expect(ran).toBe(6);
});

test('runs are chosen and let go, in the order of choosing, and an address holds them', () => {
  const chosen = withIds(['b', 'a'], ['a', 'c']);
  expect(chosen).toEqual(['b', 'a', 'c']);
  expect(withoutIds(chosen, ['a', 'x'])).toEqual(['b', 'c']);
  expect(parseChosen(chosenText(chosen))).toEqual(chosen);
  expect(parseChosen('a,,a,b')).toEqual(['a', 'b']);
  expect(parseChosen(undefined)).toEqual([]);
});

test('what differs between configs, also of two kinds of networks; names and tags do not count', () => {
  const [plain, seeded] = [parseConfig({ name: 'one', tags: ['x'] }), parseConfig({ name: 'two', seed: 3 })];
  expect(differences([plain, plain])).toEqual([]);
  expect(differences([plain, seeded])).toEqual([{ path: 'seed', values: [0, 3] }]);
  const other = parseConfig({ model: { kind: 'resnet11', width: 0.5 } });
  const found = Object.fromEntries(differences([plain, other]).map((d) => [d.path, d.values]));
  expect(found['model.kind']).toEqual(['mlp', 'resnet11']);
  expect(found['model.width']).toEqual([undefined, 0.5]);
  expect(found['model.hidden']).toEqual([[200, 200, 200, 200], undefined]);
  expect(found['training.epochs']).toBeUndefined();
});
