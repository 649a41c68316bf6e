// Answers about snapshots, each computed once: kept with the library, and in memory, which is all there is where it is open for reading only.
import { firstLine } from '../contract/errors.ts';
import type { Library, Question } from '../store/index.ts';
import { createShared, type Watch } from './shared.ts';
import { inSlices } from './slices.ts';

export interface Answers<T> {
  /** The answer to each question. Those that are not known, by their places, `compute` finds, in that order; who asks for the same meanwhile
   *  waits with the first. */
  all(questions: readonly Question[], compute: (missing: readonly number[], o: Watch) => Promise<readonly T[]>, o?: Watch): Promise<T[]>;
  get(question: Question): T | undefined;
  /** a library that cannot take them any more loses none: they are computed again */
  put(answers: readonly { question: Question; value: T }[]): void;
}
export interface AnswersOptions<T> {
  library: Library;
  /** of the program: another may compute otherwise */
  version: string;
  /** what is kept, as it is to be; undefined: it is not that */
  read(value: unknown): T | undefined;
  /** answers in memory; the oldest go first */
  most: number;
  log(line: string): void;
}

export function createAnswers<T>({ library, version, read, most, log }: AnswersOptions<T>): Answers<T> {
  const near = new Map<string, T>();
  const keyOf = ({ run, other, key }: Question) => `${run} ${other ?? ''} ${key}`;
  const remember = (key: string, value: T) => {
    near.set(key, value);
    for (const oldest of near.keys()) {
      if (near.size <= most) break;
      near.delete(oldest);
    }
  };
  const shared = createShared<readonly T[]>();
  const answers: Answers<T> = {
    async all(questions, compute, o = {}) {
      const found: (T | undefined)[] = [];
      await inSlices(questions, (question) => found.push(answers.get(question)));
      const missing = [...found.keys()].filter((at) => found[at] === undefined);
      if (missing.length > 0) {
        const asked = missing.map((at) => questions[at]);
        const made = await shared.ask(JSON.stringify(asked), (watch) => compute(missing, watch), o);
        for (const [i, at] of missing.entries()) found[at] = made[i];
        answers.put(asked.map((question, i) => ({ question, value: made[i] })));
      }
      return found as T[];
    },
    get(question) {
      const key = keyOf(question);
      const found = near.get(key) ?? read(library.answers.get(question, version));
      if (found !== undefined && !near.has(key)) remember(key, found);
      return found;
    },
    put(answers) {
      for (const { question, value } of answers) remember(keyOf(question), value);
      if (library.readOnly) return;
      try {
        library.transaction(() => {
          for (const { question, value } of answers) library.answers.put(question, version, value);
        });
      } catch (error) {
        log(`what was computed could not be kept: ${firstLine(error)}`);
      }
    },
  };
  return answers;
}
