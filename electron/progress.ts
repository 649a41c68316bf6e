// Progress of the runs outside the page: on the dock or the task bar, as a badge; and no sleep while one trains.
import { app, powerSaveBlocker } from 'electron';
import type { Activity } from './activity.ts';
import type { Windows } from './windows.ts';

const none = -1;
const unknown = 2; // Electron: more than 1 is of unknown length
/** Steps smaller than this nobody sees. */
const step = 0.005;

/** What the bar shows, as `setProgressBar` takes it. */
export function barOf({ running, share }: Activity): { progress: number; mode: 'none' | 'normal' | 'indeterminate' } {
  if (running === 0) return { progress: none, mode: 'none' };
  return share === null ? { progress: unknown, mode: 'indeterminate' } : { progress: share, mode: 'normal' };
}

/** Answers what is to be called with every change, and `shown` for a window that has just been opened. */
export function showProgress(windows: Windows): { changed(activity: Activity): void; shown(): void } {
  let bar = barOf({ running: 0, share: null });
  let badge = 0;
  let blocker: number | null = null;
  const draw = () => windows.all().forEach((window) => window.setProgressBar(bar.progress, { mode: bar.mode }));
  return {
    shown: () => bar.progress !== none && draw(),
    changed(activity) {
      const next = barOf(activity);
      const stays = next.mode === bar.mode && Math.abs(next.progress - bar.progress) < step && next.progress !== 1;
      if (!stays) {
        bar = next;
        draw();
      }
      if (activity.running !== badge) app.setBadgeCount((badge = activity.running));
      // A screen may go dark; the machine stays awake.
      if (activity.running > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
  };
}
