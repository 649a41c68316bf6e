// A task in words.
import type { Task } from '../../main/contract/calls/tasks.ts';
import { bytes, count, duration, plural } from '../text.ts';

export interface Activity {
  id: string;
  kind: Task['kind'] | 'sending';
  /** what it works on */
  subject: string;
  title: string;
  state: Task['state'];
  share: number | null;
  secondsLeft: number | null;
  /** how it ended */
  text: string;
}

const titles: Record<Task['kind'], string> = {
  'bundle-import': 'Importing',
  'bundle-export': 'Exporting',
  'dataset-fetch': 'Fetching',
  'dataset-import': 'Importing',
};

/** `3 runs imported, 1 was here already` */
function resultText(task: Task): string {
  if (!task.result) return '';
  switch (task.kind) {
    case 'bundle-import': {
      const { runs } = task.result;
      const here = runs.filter((r) => r.outcome === 'here').length;
      const renamed = runs.filter((r) => r.outcome === 'imported' && r.id !== r.was).length;
      const more = [
        ...(here > 0 ? [`${count(here)} ${here === 1 ? 'was' : 'were'} here already`] : []),
        ...(renamed > 0 ? [`${count(renamed)} under a new id`] : []),
      ];
      return [`${plural(runs.length - here, 'run')} imported`, ...more].join(', ');
    }
    case 'bundle-export':
      return `${plural(task.result.runs.length, 'run')}, ${bytes(task.result.bytes)}`;
    case 'dataset-fetch':
      return task.result.files.length > 0 ? `${task.result.dataset} is here` : `${task.result.dataset} was here already`;
    case 'dataset-import': {
      const { counts, refusedCount } = task.result;
      const left = refusedCount > 0 ? `; ${plural(refusedCount, 'file')} left out` : '';
      return `${count(counts.train)} training and ${count(counts.test)} test samples${left}`;
    }
  }
}

/** `42 % · 37 s left` */
export const progressText = ({ share, secondsLeft }: Activity): string =>
  [share === null ? 'waiting' : `${Math.floor(100 * share)} %`, ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`])].join(
    ' · ',
  );

/** What a stopped task leaves: a fetch goes on where it ended. */
const stoppedText = (kind: Task['kind']): string =>
  kind === 'dataset-fetch' ? 'Stopped; what has come is kept' : 'Stopped; nothing was changed';

export function taskText(task: Task): Activity {
  const { id, kind, subject, state, share, secondsLeft } = task;
  const text = state === 'failed' ? (task.error ?? '') : state === 'cancelled' ? stoppedText(kind) : resultText(task);
  return { id, kind, subject, title: `${titles[kind]} ${subject}`, state, share, secondsLeft, text };
}
