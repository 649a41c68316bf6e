// The whole list, page after page.
import type { CallInput, Client } from '../contract/calls.ts';
import type { RunSummary } from '../contract/results.ts';

/** All runs, or those in some states, newest first. */
export async function allRuns(call: Client['call'], wanted: Pick<CallInput<'library.list'>, 'states'> = {}): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for (let before: number | null | undefined; before !== null;) {
    const page = await call('library.list', { ...wanted, ...(before !== undefined && { before }) });
    runs.push(...page.runs);
    before = page.next;
  }
  return runs.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
}
