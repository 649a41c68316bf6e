// The palette's search: what is found, and in which order.
import { expect, test } from 'vitest';
import { Commands, found, rank, type Command } from '../../renderer/state/commands.svelte.ts';

const command = (label: string, detail?: string): Command => ({ label, kind: 'x', ...(detail && { detail }), run: () => undefined });
const all = ['Library', 'New experiment', 'Theme: light', 'mnist-relu-std', 'relu on mnist'].map((label) => command(label));
const labels = (query: string, most = 10) => found(all, query, most).map((c) => c.label);

test('letters in their order are found, the beginning of a word before its middle, a whole word before scattered letters', () => {
  expect(labels('relu')).toEqual(['relu on mnist', 'mnist-relu-std']);
  expect(labels('thli')).toEqual(['Theme: light']);
  expect(labels('LIB')).toEqual(['Library']);
  expect(labels('zz')).toEqual([]);
  expect(labels('', 2)).toEqual(['Library', 'New experiment']);
  expect(rank('abc', 'acb')).toBeNull();
  expect(rank('ab', 'a-b') as number).toBeGreaterThan(rank('ab', 'axxb') as number);
});

test('what stands beside a name finds it too, after names', () => {
  const runs = [command('first', 'digits · mlp'), command('mlp of mine')];
  expect(found(runs, 'mlp', 5).map((c) => c.label)).toEqual(['mlp of mine', 'first']);
  expect(found(runs, 'dgm', 5)).toEqual([]);
});

test('a view’s commands come first, and go with it', () => {
  const commands = new Commands();
  commands.add(() => [command('page')]);
  const stop = commands.add(() => [command('view')]);
  expect(commands.list().map((c) => c.label)).toEqual(['view', 'page']);
  stop();
  expect(commands.list().map((c) => c.label)).toEqual(['page']);
});
