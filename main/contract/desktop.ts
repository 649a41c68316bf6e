// What the desktop app's shell and its page agree on beside the calls: how the page gets its port, and how a figure is saved.
import type { CallInput } from './calls.ts';

/** Names of the messages between page, preload and main process. */
export const channels = { connect: 'kernelscope.connect', port: 'kernelscope.port', saveFigure: 'kernelscope.save-figure' } as const;

/** What the preload adds to the page (as `window.kernelscopeDesktop`), and nothing else. */
export interface Desktop {
  /** asks the main process for a port; it arrives as a window message, `channels.port` */
  connect(): void;
  /** Shows the save dialog and writes what `figure.export` makes of `input`. The page learns the file's name, never its folder. */
  saveFigure(input: CallInput<'figure.export'>): Promise<SaveReply>;
}
/** `fileName` is null where the dialog was closed without a choice. */
export type SaveReply = { ok: true; fileName: string | null } | { ok: false; message: string };
