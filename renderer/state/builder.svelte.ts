// The grid of a sweep on the page: which axes are its rows and columns, and what is left out by hand.
import type { Experiment } from './experiment.svelte.ts';
import type { Plan } from './plan.svelte.ts';
import type { Router } from './router.svelte.ts';
import { axisName, rulesFor, tableOf, usualLayout, type SweepTable, type TableCell } from './sweep-table.ts';

/** More rows or columns than this are not drawn. */
export const mostDrawn = 40;

export class Builder {
  #form: Experiment;
  #plan: Plan;
  #router: Router;

  constructor(form: Experiment, plan: Plan, router: Router) {
    this.#form = form;
    this.#plan = plan;
    this.#router = router;
  }

  readonly layout: { rows: number | null; columns: number } = $derived.by(() => {
    const { axes } = this.#form;
    const usual = usualLayout(axes);
    const asked = (name: string) => axes.findIndex((a) => a.paths.join(',') === this.#router.place.params[name]);
    const [rows, columns] = [asked('rows'), asked('columns')];
    if (axes.length < 2 || (rows < 0 && columns < 0)) return usual;
    const other = (taken: number, wish: number) => (wish !== taken ? wish : axes.findIndex((_, i) => i !== taken));
    if (rows >= 0 && columns >= 0) return { rows, columns: other(rows, columns) };
    return rows >= 0 ? { rows, columns: other(rows, usual.columns) } : { rows: other(columns, usual.rows ?? 0), columns };
  });
  /** those that are neither rows nor columns */
  readonly others = $derived.by(() => this.#form.axes.filter((_, i) => i !== this.layout.rows && i !== this.layout.columns));
  readonly table: SweepTable = $derived.by(() =>
    this.#form.out.length === 0
      ? { rows: [], columns: [], cells: [] }
      : tableOf(this.#form.axes, this.layout, this.#form.out, this.#plan.cells?.length === this.#form.gridSize ? this.#plan.cells : null),
  );
  /** of the dearest cell, seconds of one run */
  readonly most: number = $derived(this.table.cells.flat().reduce((most, c) => Math.max(most, c.seconds ?? 0), 0));
  readonly names = $derived.by(() => this.#form.axes.map(axisName));

  choose(which: 'rows' | 'columns', axis: number): void {
    const { rows, columns } = this.layout;
    const key = (i: number | null) => (i === null ? null : this.#form.axes[i].paths.join(','));
    const swap = which === 'rows' ? axis === columns : axis === rows;
    if (which === 'rows') this.#router.choose({ rows: key(axis), columns: key(swap ? rows : columns) });
    else this.#router.choose({ columns: key(axis), rows: key(swap ? columns : rows) });
  }

  /** Leaves cells of the table out, or takes them in again. */
  leave(cells: readonly Pick<TableCell, 'row' | 'column'>[], out: boolean): void {
    const after = [...this.#form.out];
    for (const { row, column } of cells) for (const place of this.table.cells[row][column].places) after[place] = out;
    this.#form.setExclude(rulesFor(this.#form.axes, this.table, this.layout, after));
  }
}
