// The log of a run: every state that it comes to, in order, bounded, and gone with it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mostLines } from '../../../main/store/log.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir } from './support.ts';

let library: Library;
let id: string;
beforeEach(() => {
  library = openLibrary(newDir(), { write: true, owner: 'test' });
  id = library.runs.create({ name: 'first', config: config(), device: 'auto' }).id;
});
afterEach(() => library.close());

const said = (after?: number) =>
  library.log.of(id, after === undefined ? {} : { after }).map(({ level, epoch, line }) => [level, epoch, line]);

test('states are logged with their reasons, at the epoch that the run had reached', () => {
  library.runs.move(id, 'running');
  library.runs.reached(id, 3);
  library.runs.move(id, 'failed', 'loss became NaN');
  library.runs.move(id, 'queued');
  expect(said()).toEqual([
    ['info', 0, 'queued; device asked for: auto'],
    ['info', 0, 'running'],
    ['error', 3, 'failed: loss became NaN'],
    ['info', 3, 'queued'],
  ]);
  expect(() => library.runs.move(id, 'done')).toThrow('is queued');
  expect(said()).toHaveLength(4);
  const [first, second] = library.log.of(id);
  expect(library.log.of(id, { after: second.id }).map((l) => l.line)).toEqual(['failed: loss became NaN', 'queued']);
  expect(library.log.of(id, { limit: 1 })).toEqual([first]);
  expect(Date.parse(first.at)).toBeLessThanOrEqual(Date.parse(second.at));
});

test('a state that is not kept leaves no line', () => {
  expect(() =>
    library.transaction(() => {
      library.runs.move(id, 'running');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(said()).toHaveLength(1);
});

test('runs that were abandoned say so when the library is opened again', () => {
  library.runs.move(id, 'running');
  const { dir } = library;
  library.close();
  library = openLibrary(dir, { write: true, owner: 'test' });
  expect(said().at(-1)).toEqual(['warning', 0, expect.stringContaining('ended without a word')]);
});

test('a long log stays bounded: info lines are thinned from the old end, warnings and errors stay', () => {
  const other = library.runs.create({ name: 'other', config: config(), device: 'cpu' }).id;
  library.log.append(id, 'error', 'an error at the beginning');
  library.transaction(() => {
    for (let i = 0; i < 4 * mostLines; i++) library.log.append(id, i === 1 ? 'warning' : 'info', `line ${i}`);
  });
  const lines = library.log.of(id);
  expect(lines.length).toBeLessThanOrEqual(mostLines);
  expect(lines.length).toBeGreaterThan(mostLines / 2);
  expect(lines.filter((l) => l.level !== 'info').map((l) => l.line)).toEqual(['an error at the beginning', 'line 1']);
  expect(lines[0].line).toBe('queued; device asked for: auto');
  // The newest half of what fits is whole.
  expect(lines.slice(-mostLines / 2 + 1).map((l) => l.line)).toEqual(
    Array.from({ length: mostLines / 2 - 1 }, (_, i) => `line ${4 * mostLines - mostLines / 2 + 1 + i}`),
  );
  expect(lines.map((l) => l.id)).toEqual(lines.map((l) => l.id).sort((a, b) => a - b));
  expect(library.log.of(other)).toHaveLength(1);
});

test('nothing but errors is bounded too, and a run takes its log with it', () => {
  library.transaction(() => {
    for (let i = 0; i < mostLines + 5; i++) library.log.append(id, 'error', `error ${i}`);
  });
  const lines = library.log.of(id);
  expect(lines.length).toBeLessThanOrEqual(mostLines);
  expect(lines.at(-1)?.line).toBe(`error ${mostLines + 4}`);
  library.runs.move(id, 'interrupted');
  library.removeRun(id);
  expect(library.log.of(id)).toEqual([]);
});

test('who listens hears of every line', () => {
  const heard: string[] = [];
  library.log.onAppend((run) => heard.push(run));
  library.log.append(id, 'info', 'x');
  library.runs.move(id, 'running');
  expect(heard).toEqual([id, id]);
});
