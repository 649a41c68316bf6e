// Answers about snapshots: kept over restarts for the version that gave them, gone with their runs, and only in memory where nothing is written.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAnswers, type AnswersOptions } from '../../../main/services/answers.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir } from '../store/support.ts';

let dir: string;
let library: Library;
const logged: string[] = [];
beforeEach(() => {
  dir = newDir();
  library = openLibrary(dir, { write: true, owner: 'test' });
  logged.length = 0;
});
afterEach(() => library.close());

const runOf = (name: string) => library.runs.create({ name, config: config(), device: 'cpu' }).id;
const answersOf = (change: Partial<AnswersOptions<number>> = {}) =>
  createAnswers<number>({
    ...{ library, version: '1', most: 100, log: (line) => void logged.push(line) },
    read: (value) => (typeof value === 'number' ? value : undefined),
    ...change,
  });
function reopen(write = true): void {
  library.close();
  library = openLibrary(dir, { write, owner: 'test' });
}

test('outlives the program; another version asks anew, and its answer takes the place of the older one', () => {
  const [a, b] = [runOf('a'), runOf('b')];
  const [one, pair] = [{ run: a, key: 'k' }, { run: a, other: b, key: 'a b' }]; // prettier-ignore
  const first = answersOf();
  expect(first.get(one)).toBeUndefined();
  first.put([
    { question: one, value: 0.1 + 0.2 },
    { question: pair, value: -1e-300 },
  ]);
  reopen();
  expect([answersOf().get(one), answersOf().get(pair)]).toEqual([0.1 + 0.2, -1e-300]);
  expect(answersOf().get({ run: a, key: 'a b' })).toBeUndefined();
  expect(answersOf().get({ run: b, key: 'k' })).toBeUndefined();
  const newer = answersOf({ version: '2' });
  expect(newer.get(one)).toBeUndefined();
  newer.put([{ question: one, value: 5 }]);
  expect([answersOf({ version: '2' }).get(one), answersOf().get(one)]).toEqual([5, undefined]);
});

test('goes with either of its runs', () => {
  const [a, b, c] = [runOf('a'), runOf('b'), runOf('c')];
  const questions = [{ run: a, key: 'k' }, { run: a, other: b, key: 'ab' }, { run: b, other: c, key: 'bc' }, { run: c, key: 'k' }]; // prettier-ignore
  answersOf().put(questions.map((question, value) => ({ question, value })));
  for (const id of [a, b, c]) library.runs.move(id, 'interrupted', 'test');
  library.removeRun(b);
  const left = answersOf();
  expect(questions.map((q) => left.get(q))).toEqual([0, undefined, undefined, 3]);
});

test('what is stored and cannot be read is computed again', () => {
  const question = { run: runOf('a'), key: 'k' };
  library.answers.put(question, '1', { no: 'number' });
  expect(answersOf().get(question)).toBeUndefined();
});

test('a library for reading only takes nothing in, and is read', () => {
  const question = { run: runOf('a'), key: 'k' };
  answersOf().put([{ question, value: 1 }]);
  reopen(false);
  const reader = answersOf();
  expect(reader.get(question)).toBe(1);
  const other = { ...question, key: 'other' };
  reader.put([{ question: other, value: 2 }]);
  expect([reader.get(other), answersOf().get(other)]).toEqual([2, undefined]);
  expect(logged).toEqual([]);
});

test('a full disk is said, and takes no answer from who asked', () => {
  const question = { run: runOf('a'), key: 'k' };
  library.close();
  library = openLibrary(dir, { write: true, owner: 'test', limitBytes: 1 });
  const log = (line: string) => void logged.push(line);
  const open = () => createAnswers<string>({ library, version: '1', most: 100, log, read: (value) => value as string | undefined });
  const long = 'x'.repeat(200_000);
  const answers = open();
  answers.put([{ question, value: long }]);
  expect(answers.get(question)).toBe(long);
  expect(open().get(question)).toBeUndefined();
  expect(logged).toEqual([expect.stringMatching(/^what was computed could not be kept: .*(full|disk)/)]);
});

test('the oldest leave the memory first, and are found in the library', () => {
  const run = runOf('a');
  const answers = answersOf({ most: 2 });
  for (let i = 0; i < 4; i++) answers.put([{ question: { run, key: `k${i}` }, value: i }]);
  expect([0, 1, 2, 3].map((i) => answers.get({ run, key: `k${i}` }))).toEqual([0, 1, 2, 3]);
});
