import { describe, expect, test } from 'vitest';
import { readCall } from '../../../main/host/cli/call.ts';
import { inWords } from '../../../main/host/cli/explain.ts';
import { commandHelp, generalHelp } from '../../../main/host/cli/help.ts';
import { commands } from '../../../main/host/commands/index.ts';
import { inOrder, parseSort } from '../../../main/host/commands/list.ts';
import type { RunSummary } from '../../../main/contract/results.ts';

describe('which command', () => {
  test('flags may stand before it; two words make one', () => {
    expect(readCall(['--json', '--library', 'x', 'data', 'list']).command?.name).toBe('data list');
    const { command, args } = readCall(['tag', 'run1', 'a', '--remove', 'b']);
    expect([command?.name, args.words, args.texts('remove')]).toEqual(['tag', ['run1', 'a'], ['b']]);
  });
  test('help and version want no words', () => {
    expect(readCall(['show', '--help']).command?.name).toBe('show');
    expect(readCall(['help', 'data', 'fetch']).command?.name).toBe('data fetch');
    expect(readCall([]).command).toBeNull();
  });
  test.each([
    [['shwo'], 'shwo: unknown command; did you mean show?'],
    [['data', 'lits'], 'data: expected list | fetch | import, got "lits"'],
    [['sweep', 'slurm'], 'sweep slurm: expected one PRESET or SWEEP.json, got nothing'],
    [['help', 'nothing-like-it'], 'nothing-like-it: unknown command; see help'],
  ])('%j is refused', (argv, message) => expect(() => readCall(argv)).toThrow(message));
});

test('every command has one anatomy: its flags are not the global ones, its help names all of them', () => {
  expect(new Set(commands.map((c) => c.name)).size).toBe(commands.length);
  for (const c of commands) {
    const help = commandHelp(c);
    for (const flag of Object.keys(c.flags)) {
      expect(['library', 'data', 'device', 'json', 'verbose', 'help', 'version']).not.toContain(flag);
      expect(help).toContain(`--${flag}`);
    }
    expect(generalHelp()).toContain(c.summary);
  }
});

describe('the order of the list', () => {
  const row = (over: Partial<RunSummary>) =>
    ({ id: 'a', created: '2026-01-01', testAccuracy: null, tags: [], fields: {}, ...over }) as unknown as RunSummary;
  const ids = (sort: string | undefined, rows: RunSummary[]) => [...rows].sort(parseSort(sort)).map((r) => r.id);
  const rows = [
    row({ id: 'x', testAccuracy: 0.9, created: '2026-01-02' }),
    row({ id: 'y', created: '2026-01-03' }),
    row({ id: 'z', testAccuracy: 0.95 }),
  ];
  test('newest first, unless told', () => expect(ids(undefined, rows)).toEqual(['y', 'x', 'z']));
  test('what is missing comes last, up and down', () => {
    expect(ids('testAccuracy', rows)).toEqual(['x', 'z', 'y']);
    expect(ids('testAccuracy:desc', rows)).toEqual(['z', 'x', 'y']);
  });
  test('a field of the config that stands at its default has that value', () =>
    expect(ids('seed:desc', [row({ id: 'p' }), row({ id: 'q', fields: { seed: 4 } })])).toEqual(['q', 'p']));
  test('numbers by value, not by their digits', () => expect(inOrder(9, 10, false)).toBe(-1));
});

test('errors of the file system become one line; a full disk is failed work; a bug stays what it is', () => {
  const system = (code: string) => Object.assign(new Error('x'), { code, path: '/p' });
  expect(inWords(system('ENOENT'))).toMatchObject({ code: 'bad-input', message: '/p: no such file or folder' });
  expect(inWords(system('ENOSPC'))).toMatchObject({ code: 'failed', message: '/p: no space left' });
  const bug = new TypeError('x');
  expect(inWords(bug)).toBe(bug);
});
