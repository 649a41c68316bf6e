// What the desktop app's shell and its page agree on beside the calls: how the page gets its port, how figures and bundles are saved, and
// what the menu may ask the page to do.
import type { CallInput } from './calls.ts';

/** Names of the messages between page, preload and main process. */
export const channels = {
  connect: 'kernelscope.connect',
  port: 'kernelscope.port',
  saveFigure: 'kernelscope.save-figure',
  saveBundle: 'kernelscope.save-bundle',
  command: 'kernelscope.command',
  offer: 'kernelscope.offer',
} as const;

/** What the menu bar can ask of the page: commands of its own, by these names. */
export const menuCommands = [
  'library',
  'compare',
  'new',
  'reproduce',
  'datasets',
  'devices',
  'help',
  'settings',
  'theme-system',
  'theme-light',
  'theme-dark',
  'pause',
  'resume',
  'cancel',
  'export',
  'keys',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

/** All that the shell tells the page on its own: do this, show that run, this could not be done. */
export type ShellCommand = { do: MenuCommand } | { show: string } | { failed: string };

const mostText = 2000;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= mostText;

/** The command of a message, or null where it is none of the list. */
export function readCommand(message: unknown): ShellCommand | null {
  if (typeof message !== 'object' || message === null || Object.keys(message).length !== 1) return null;
  if ('do' in message) return isMenuCommand(message.do) ? { do: message.do } : null;
  if ('show' in message) return isText(message.show) ? { show: message.show } : null;
  return 'failed' in message && isText(message.failed) ? { failed: message.failed } : null;
}
export const isMenuCommand = (name: unknown): name is MenuCommand => menuCommands.includes(name as MenuCommand);

/** What the preload adds to the page (as `window.kernelscopeDesktop`), and nothing else. */
export interface Desktop {
  /** asks the main process for a port; it arrives as a window message, `channels.port` */
  connect(): void;
  /** Shows the save dialog and writes what `figure.export` makes of `input`. The page learns the file's name, never its folder. */
  saveFigure(input: CallInput<'figure.export'>): Promise<SaveReply>;
  /** Shows the save dialog and writes a bundle of these runs straight to the chosen file; its progress is that of a task. */
  saveBundle(runs: string[]): Promise<SaveReply>;
  /** Says which of the menu's commands the page takes now; the first time also that it listens. */
  offer(commands: MenuCommand[]): void;
  /** Hears what the shell asks for; the last listener that was given. */
  onCommand(listener: (command: ShellCommand) => void): void;
}
/** `fileName` is null where the dialog was closed without a choice. */
export type SaveReply = { ok: true; fileName: string | null } | { ok: false; message: string };
