import { expect, test } from 'vitest';
import { readCommand } from '../../../main/contract/desktop.ts';

test('of what the shell sends, the page hears the commands of the list', () => {
  for (const right of [{ do: 'pause' }, { show: 'run-1' }, { failed: 'it went wrong' }]) expect(readCommand(right)).toEqual(right);
  for (const wrong of [
    null,
    'pause',
    [],
    {},
    { do: 'quit' },
    { do: 'toString' },
    { do: ['pause'] },
    { do: 'pause', show: 'run-1' },
    { show: '' },
    { show: 7 },
    { failed: 'x'.repeat(2001) },
    { more: 'pause' },
  ])
    expect(readCommand(wrong), JSON.stringify(wrong)).toBeNull();
});
