import type { Page } from 'playwright-core';
import type { CallInput, CallName } from '../../../main/contract/calls.ts';
import type { Host } from '../gallery-page.ts';

/** A view in a state: name, address from the query on (see gallery.ts), and what to do before it is looked at. */
export type Scene = readonly [name: string, address: string, act?: (page: Page) => unknown];

/** Has the host in memory do this, as if another window had asked. */
export const ask = <K extends CallName>(page: Page, name: K, input: CallInput<K>): Promise<unknown> =>
  page.evaluate(({ name, input }) => (window as unknown as Host).fakeHost.call(name as CallName, input as never), { name, input } as {
    name: string;
    input: unknown;
  });
