// What the desktop app's menu asks of the page: the page's own commands, by their ids.
import { menuCommands, type MenuCommand, type ShellCommand } from '../../main/contract/desktop.ts';
import type { Command } from './commands.svelte.ts';
import type { Session } from './session.svelte.ts';

/** Those that can be done now, each once, in the order of the contract's list. */
export const offered = (commands: readonly Command[]): MenuCommand[] => menuCommands.filter((id) => commands.some((c) => c.id === id));

/** Does what the shell asks. */
export function obey(
  command: ShellCommand,
  {
    commands,
    router,
    notices,
  }: { commands: { list(): Command[] }; router: Pick<Session['router'], 'go'>; notices: Pick<Session['notices'], 'failed'> },
): void {
  if ('show' in command) return router.go({ view: 'run', run: command.show });
  if ('failed' in command) return notices.failed(new Error(command.failed));
  // The newest source stands first: a view's own command goes before the page's.
  commands
    .list()
    .find((c) => c.id === command.do)
    ?.run();
}
