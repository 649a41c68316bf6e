// How far a piece of work is: a bar on a terminal, a line now and then elsewhere. Always on standard error.
import type { Terminal } from './output.ts';
import { duration } from './words.ts';

export interface Step {
  done: number;
  total: number;
  /** what is being done now */
  stage?: string;
  secondsLeft?: number | null;
}
export interface Progress {
  update(step: Step): void;
  /** wipes the bar, so that a line can be written */
  clear(): void;
  end(): void;
}

const redrawEvery = 100;
const lineEvery = 10_000;
const barWidth = 24;

/** `████████░░░░░░░░` */
const bar = (share: number): string => {
  const full = Math.round(Math.min(Math.max(share, 0), 1) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
};

/** Progress of `what`, counted in `unit`s. The rate is that of the last half minute, so that it follows a change of pace. */
export function createProgress(o: { what: string; unit?: string; stream: Terminal; now: () => number }): Progress {
  const { stream, now } = o;
  const marks: { at: number; done: number }[] = [];
  let last = -Infinity;
  let stage: string | undefined;
  let drawn = false;

  const pace = (step: Step): { rate: number | null; left: number | null } => {
    const first = marks.find((m) => now() - m.at <= 30_000) ?? marks[0];
    const seconds = (now() - first.at) / 1000;
    const rate = seconds > 0.5 && step.done > first.done ? (step.done - first.done) / seconds : null;
    return { rate, left: step.secondsLeft ?? (rate === null ? null : (step.total - step.done) / rate) };
  };
  const text = (step: Step): string => {
    const { rate, left } = pace(step);
    const share = step.total > 0 ? step.done / step.total : 0;
    return [
      o.what,
      ...(stream.isTTY ? [bar(share)] : []),
      `${Math.floor(100 * share)} %`,
      ...(o.unit ? [`${Math.floor(step.done)}/${step.total} ${o.unit}`] : []),
      ...(rate !== null && o.unit ? [`${rate >= 1 ? rate.toPrecision(3) : rate.toPrecision(2)} ${o.unit}/s`] : []),
      ...(left !== null ? [`${duration(left)} left`] : []),
      ...(step.stage ? [step.stage] : []),
    ].join('  ');
  };
  const clear = () => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  return {
    update(step) {
      const time = now();
      if (marks.length === 0 || step.done !== marks[marks.length - 1].done) marks.push({ at: time, done: step.done });
      while (marks.length > 2 && time - marks[1].at > 30_000) marks.shift();
      const changed = step.stage !== stage && !stream.isTTY && time - last > 1000;
      if (time - last < (stream.isTTY ? redrawEvery : lineEvery) && !changed) return;
      last = time;
      stage = step.stage;
      if (!stream.isTTY) return void stream.write(`${text(step)}\n`);
      clear();
      stream.write(text(step).slice(0, (stream.columns ?? 80) - 1));
      drawn = true;
    },
    clear,
    end: clear,
  };
}
