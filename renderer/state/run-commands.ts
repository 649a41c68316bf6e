// What the palette can do on the page of a run.
import type { MenuCommand } from '../../main/contract/desktop.ts';
import type { RunDetail } from '../../main/contract/results.ts';
import type { Command } from './commands.svelte.ts';
import { tabs, type RunView } from './run-view.svelte.ts';

export interface RunDoings {
  run: RunDetail | null;
  view: RunView;
  /** false: the library is open for reading only */
  mayChange: boolean;
  pause(): void;
  cancel(): void;
  rename(): void;
  tags(): void;
  exportArrays(): void;
  newFrom(): void;
}

export function runCommands({ run, view, mayChange, ...doings }: RunDoings): Command[] {
  if (!run) return [];
  const of = (label: string, act: () => void, key?: string, id?: MenuCommand): Command => ({
    ...(id && { id }),
    label,
    kind: 'this run',
    detail: run.name,
    ...(key && { key }),
    run: act,
  });
  const change = [
    ...(run.state === 'running' ? [of('Pause', () => doings.pause(), 'Space', 'pause')] : []),
    ...(['paused', 'failed', 'interrupted'].includes(run.state) ? [of('Resume', () => doings.pause(), 'Space', 'resume')] : []),
    ...(['running', 'queued', 'paused'].includes(run.state) ? [of('Cancel the run', () => doings.cancel(), undefined, 'cancel')] : []),
    of('Rename…', () => doings.rename(), 'r'),
    of('Tags…', () => doings.tags(), 't'),
  ];
  return [
    ...tabs.map((tab, i) => of(`Show ${tab.label}`, () => view.show(tab.id), String(i + 1))),
    ...(mayChange ? change : []),
    of('Pin this snapshot, or let it go', () => view.page.togglePin(), 'p'),
    of('Export arrays…', () => doings.exportArrays(), 'e', 'export'),
    of('New from this run…', () => doings.newFrom()),
  ];
}
