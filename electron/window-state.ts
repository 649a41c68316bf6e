// Where the window was and how large: kept when it moves, given back only where a screen still shows it.
import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';
import type { StateFile } from './state-file.ts';

const pixels = z.int().min(-100_000).max(100_000);
export const windowState = z.strictObject({ x: pixels, y: pixels, width: pixels, height: pixels, maximized: z.boolean() });
export type WindowState = z.output<typeof windowState>;

export const smallest = { width: 900, height: 600 };
const usual = { width: 1440, height: 900 };
/** Of the window's upper edge so much has to be on a screen, for it to be taken hold of. */
const grip = { width: 120, height: 32 };

/** The bounds for a new window, in DIP: the kept ones where a screen shows their upper edge, made to fit that screen; else the usual size,
 *  and the system finds a place. workAreas: of the screens that are there */
export function placeOf(kept: WindowState | null, workAreas: readonly Rectangle[]): Partial<Rectangle> & typeof usual {
  if (!kept) return usual;
  const overlap = (a: number, aSize: number, b: number, bSize: number) => Math.min(a + aSize, b + bSize) - Math.max(a, b);
  const seen = (area: Rectangle) =>
    overlap(kept.x, kept.width, area.x, area.width) >= grip.width &&
    kept.y >= area.y - grip.height &&
    kept.y + grip.height <= area.y + area.height;
  const area = workAreas.find(seen);
  const fit = (size: number, least: number, most: number) => Math.max(least, Math.min(size, most));
  const largest = area ?? workAreas[0] ?? usual;
  const size = {
    width: fit(kept.width, smallest.width, Math.max(smallest.width, largest.width)),
    height: fit(kept.height, smallest.height, Math.max(smallest.height, largest.height)),
  };
  return area ? { x: kept.x, y: Math.max(kept.y, area.y), ...size } : size;
}

const settled = 400; // ms without a move after which the place is written

/** Keeps a window's place up to date. The size of a maximised window is the one that it goes back to. */
export function keepPlace(window: BrowserWindow, file: StateFile<WindowState>): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = () => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    const { x, y, width, height } = window.getNormalBounds();
    file.write({ x, y, width, height, maximized: window.isMaximized() });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, settled);
  };
  // One by one: the declarations have an overload a name.
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', keep);
  window.on('closed', () => clearTimeout(timer));
}
