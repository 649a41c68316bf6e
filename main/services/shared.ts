// A question that is under way is not asked a second time: whoever asks the same waits with the first. Its work ends when the last of them
// has gone.
import { KernelscopeError } from '../contract/errors.ts';

/** How a question is followed. */
export interface Watch {
  /** whoever asked wants to hear no more */
  signal?: AbortSignal;
  /** in [0, 1] */
  onProgress?(share: number): void;
}

interface Question<T> {
  answer: Promise<T>;
  askers: Set<Watch>;
  stop: AbortController;
}

const stopped = () => new KernelscopeError('cancelled', 'stopped');

/** Asks by key. Nothing is remembered once it is answered. */
export function createShared<T>() {
  const underWay = new Map<string, Question<T>>();

  const begin = (key: string, work: (watch: Watch) => Promise<T>): Question<T> => {
    const askers = new Set<Watch>();
    const stop = new AbortController();
    const onProgress = (share: number) => askers.forEach((asker) => asker.onProgress?.(share));
    const answer = work({ signal: stop.signal, onProgress });
    const question = { answer, askers, stop };
    underWay.set(key, question);
    const over = () => {
      if (underWay.get(key) === question) underWay.delete(key);
    };
    answer.then(over, over); // an error is told to those who asked
    return question;
  };

  return {
    /** @throws as `work`, and `cancelled` as soon as the signal says so, whatever the others wait for */
    async ask(key: string, work: (watch: Watch) => Promise<T>, watch: Watch = {}): Promise<T> {
      const { signal } = watch;
      if (signal?.aborted) throw stopped();
      const question = underWay.get(key) ?? begin(key, work);
      const asker = { ...watch }; // one who asks twice counts twice
      question.askers.add(asker);
      const leave = Promise.withResolvers<never>();
      const onAbort = () => leave.reject(stopped());
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await Promise.race([question.answer, leave.promise]);
      } finally {
        signal?.removeEventListener('abort', onAbort);
        question.askers.delete(asker);
        if (question.askers.size === 0) {
          if (underWay.get(key) === question) underWay.delete(key); // who asks from now on does not wait for what is being stopped
          question.stop.abort();
        }
      }
    },
  };
}
