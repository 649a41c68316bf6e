// The library's table: which rows it has, in which order and with which columns, which row is current and which runs are chosen.
import type { RunSummary } from '../../main/contract/results.ts';
import { shownColumns } from './columns.ts';
import { FieldValues } from './field-values.ts';
import { readTyped, wordsOf } from './filter.ts';
import {
  groupRuns,
  groupText,
  isGroup,
  keyWithoutSeed,
  linesOf,
  parentsOf,
  parseGroup,
  sortGroups,
  type Group,
  type GroupBy,
  type Line,
} from './groups.ts';
import { memo } from './memo.ts';
import { newestFirst, parseSort, sortRuns, sortText } from './order.ts';
import { setOf, withIds, withoutIds } from './selection.ts';
import type { Session } from './session.svelte.ts';

export const lineId = (line: Line): string => (isGroup(line) ? `group:${line.key}` : line.id);
export const runsOf = (line: Line): readonly RunSummary[] => (isGroup(line) ? line.runs : [line]);

export class LibraryTable {
  readonly #session: Pick<Session, 'library' | 'router' | 'settings'>;
  readonly #words = memo(wordsOf);
  readonly #key = memo(keyWithoutSeed);
  /** px that the table has for its columns */
  room = $state(1280);
  /** the run whose name is being changed in its row */
  renaming = $state<string | null>(null);
  /** the current row, by `lineId` */
  current = $state<string | null>(null);
  /** from which row a range is chosen, and what was chosen before */
  #anchor: { line: string; before: readonly string[] } | null = null;
  #due = 0;

  constructor(session: Pick<Session, 'library' | 'router' | 'settings'>) {
    this.#session = session;
    this.current = session.library.left.line;
  }

  readonly #params = $derived.by(() => this.#session.router.place.params);
  readonly filterText = $derived(this.#params['filter'] ?? '');
  /** what stands in the box: a moment ahead of the filter while it is typed */
  typed = $derived(this.filterText);
  readonly sort = $derived(parseSort(this.#params['sort']));
  readonly by = $derived(parseGroup(this.#params['group']));
  readonly columns = $derived.by(() => shownColumns(this.#session.settings.current.columns, this.room));

  readonly read = $derived(readTyped(this.filterText, this.#words));
  /** Sorted whole, so that typing in the filter sorts nothing anew. */
  readonly #ordered = $derived.by(() => sortRuns(this.#session.library.runs, this.sort));
  /** Those that the filter takes, in their order. */
  readonly runs: readonly RunSummary[] = $derived.by(() => {
    const { test } = this.read.filter;
    return this.filterText === '' ? this.#ordered : this.#ordered.filter((run) => test(run));
  });
  readonly groups: readonly Group[] | null = $derived(this.#groupsOf(this.runs));
  readonly lines: readonly Line[] = $derived.by(() =>
    this.groups === null || this.by === 'none' ? this.runs : linesOf(this.groups, this.by, this.#session.library.open),
  );
  /** how many groups there are without the filter */
  readonly groupsInAll = $derived.by(
    () => (this.filterText === '' ? this.groups : this.#groupsOf(this.#session.library.runs))?.length ?? 0,
  );
  /** the group of each run that is shown under one */
  readonly parents = $derived.by(() => parentsOf(this.groups ?? [], this.by, this.#session.library.open));
  /** of the whole library, for what to try instead of a filter that finds nothing */
  readonly values = $derived.by(() => new FieldValues(this.#session.library.runs));
  readonly currentAt = $derived(this.current === null ? -1 : this.lines.findIndex((line) => lineId(line) === this.current));
  readonly currentLine: Line | null = $derived(this.lines[this.currentAt] ?? null);

  #groupsOf(runs: readonly RunSummary[]): readonly Group[] | null {
    const by = this.by;
    return by === 'none' ? null : sortGroups(groupRuns(runs, by, this.#key), this.sort);
  }

  /** What is typed is shown at once; the filter follows after that has been painted. */
  type(text: string): void {
    this.typed = text;
    if (this.#due) return;
    this.#due = requestAnimationFrame(() =>
      setTimeout(() => {
        this.#due = 0;
        this.setFilter(this.typed);
      }),
    );
  }
  setFilter(text: string): void {
    this.#session.router.choose({ filter: text || null });
    this.typed = text;
  }
  /** A first click shows what is most wanted: best first for numbers, A to Z for names. */
  sortBy(key: string, number: boolean): void {
    const descending = this.sort.key === key ? !this.sort.descending : number || key === 'created';
    const text = sortText({ key, descending });
    this.#session.router.choose({ sort: text === sortText(newestFirst) ? null : text });
  }
  groupBy(by: GroupBy): void {
    this.#session.router.choose({ group: groupText(by) });
  }

  /** Shows or hides the runs of a group. */
  unfold(group: Group, open = !this.isOpen(group)): void {
    const { library } = this.#session;
    library.open = setOf(open ? withIds(library.open, [group.key]) : withoutIds([...library.open], [group.key]));
  }
  isOpen = (group: Group): boolean => this.#session.library.open.has(group.key);
  /** Right: opens the current group. Left: closes it, or goes from a run to its group. */
  step(open: boolean): void {
    const line = this.currentLine;
    if (!line) return;
    if (isGroup(line)) this.unfold(line, open);
    else if (!open) {
      const parent = this.parents.get(line.id);
      if (parent) this.current = lineId(parent);
    }
  }

  /** Makes the row so many rows further the current one; with `extend`, chooses the rows from the anchor to it. */
  move(by: number, extend = false): number {
    const to = Math.max(0, Math.min(this.lines.length - 1, this.currentAt + by));
    if (extend) this.extendTo(to, this.currentAt < 0 ? to : this.currentAt);
    else this.#anchor = null;
    this.current = lineId(this.lines[to]);
    return to;
  }
  /** Chooses all rows from the anchor, else from the row `from`, to the row `to`, beside what was chosen before. */
  extendTo(to: number, from = Math.max(0, this.currentAt)): void {
    const { library } = this.#session;
    this.#anchor ??= { line: lineId(this.lines[from]), before: library.chosen };
    const { line, before } = this.#anchor;
    const start = Math.max(
      0,
      this.lines.findIndex((l) => lineId(l) === line),
    );
    const range = this.lines.slice(Math.min(start, to), Math.max(start, to) + 1);
    library.chosen = withIds(
      before,
      range.flatMap((l) => runsOf(l).map((r) => r.id)),
    );
    this.current = lineId(this.lines[to]);
  }
  chosenOf(line: Line): 'all' | 'some' | 'none' {
    const { isChosen } = this.#session.library;
    const runs = runsOf(line);
    const n = runs.filter((r) => isChosen.has(r.id)).length;
    return n === 0 ? 'none' : n === runs.length ? 'all' : 'some';
  }
  /** Chooses the runs of a row, or lets them go where all are chosen. */
  toggle(line: Line): void {
    const { library } = this.#session;
    const ids = runsOf(line).map((r) => r.id);
    library.chosen = this.chosenOf(line) === 'all' ? withoutIds(library.chosen, ids) : withIds(library.chosen, ids);
    this.current = lineId(line);
    this.#anchor = { line: this.current, before: library.chosen };
  }
  chooseAll(): void {
    this.#session.library.chosen = this.runs.map((r) => r.id);
  }
  clear(): void {
    this.#session.library.chosen = [];
    this.#anchor = null;
  }

  /** How much is chosen, and how much of that the filter hides. */
  readonly chosen = $derived.by(() => {
    const { isChosen } = this.#session.library;
    const shown = this.runs.reduce((n, r) => n + (isChosen.has(r.id) ? 1 : 0), 0);
    const groups = isChosen.size === 0 ? 0 : (this.groups ?? []).reduce((n, g) => n + (this.chosenOf(g) === 'none' ? 0 : 1), 0);
    return { runs: isChosen.size, groups, hidden: isChosen.size - shown };
  });
  /** The runs that a command is meant for: the chosen ones, else those of the current row. */
  meant(): readonly RunSummary[] {
    const { chosen, byId } = this.#session.library;
    if (chosen.length > 0) return chosen.flatMap((id) => byId.get(id) ?? []);
    return this.currentLine ? runsOf(this.currentLine) : [];
  }
}
