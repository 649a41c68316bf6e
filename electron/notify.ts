// Tells of the end of a long run, where nobody is looking.
import { Notification } from 'electron';
import type { RunSummary } from '../main/contract/results.ts';

/** Seconds of compute from which a run is a long one. */
export const long = 60;

/** What is said of a run's end; null where nothing is: it was short, or the person stopped it. */
export function noticeOf(run: RunSummary): { title: string; body: string } | null {
  if (run.seconds < long || (run.state !== 'done' && run.state !== 'failed')) return null;
  if (run.state === 'failed') return { title: `“${run.name}” failed`, body: run.reason ?? 'Its page has the details.' };
  const accuracy = run.testAccuracy === null ? '' : `, test accuracy ${(100 * run.testAccuracy).toFixed(1)} %`;
  return { title: `“${run.name}” is done`, body: `${run.epoch} epochs${accuracy}` };
}

export interface NotifyOptions {
  /** whether a window of ours has the focus */
  watched(): boolean;
  show(run: string): void;
}

export function tellOfEnds({ watched, show }: NotifyOptions): (run: RunSummary) => void {
  // A notification that nobody holds may be collected, and its click with it.
  const held = new Set<Notification>();
  return (run) => {
    const said = noticeOf(run);
    if (!said || watched() || !Notification.isSupported()) return;
    const notification = new Notification(said);
    held.add(notification);
    notification.on('click', () => show(run.id));
    notification.on('close', () => held.delete(notification));
    notification.show();
  };
}
