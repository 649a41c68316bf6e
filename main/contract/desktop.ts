// What the desktop app's shell and its page agree on beside the calls: how the page gets its port, and how figures and bundles are saved.
import type { CallInput } from './calls.ts';

/** Names of the messages between page, preload and main process. */
export const channels = {
  connect: 'kernelscope.connect',
  port: 'kernelscope.port',
  saveFigure: 'kernelscope.save-figure',
  saveBundle: 'kernelscope.save-bundle',
} as const;

/** What the preload adds to the page (as `window.kernelscopeDesktop`), and nothing else. */
export interface Desktop {
  /** asks the main process for a port; it arrives as a window message, `channels.port` */
  connect(): void;
  /** Shows the save dialog and writes what `figure.export` makes of `input`. The page learns the file's name, never its folder. */
  saveFigure(input: CallInput<'figure.export'>): Promise<SaveReply>;
  /** Shows the save dialog and writes a bundle of these runs straight to the chosen file; its progress is that of a task. */
  saveBundle(runs: string[]): Promise<SaveReply>;
}
/** `fileName` is null where the dialog was closed without a choice. */
export type SaveReply = { ok: true; fileName: string | null } | { ok: false; message: string };
