import { expect, test } from 'vitest';
import { calls, type Handlers } from '../../../main/contract/calls.ts';
import { badInput, KernelscopeError } from '../../../main/contract/errors.ts';
import { createDispatch } from '../../../main/rpc/dispatch.ts';

/** Handlers that answer with what they got; a few that fail. */
const made = (log: string[] = []) => {
  const handlers = Object.fromEntries(Object.keys(calls).map((k) => [k, async (input: unknown) => ({ k, input })])) as unknown as Handlers;
  handlers['run.get'] = async () => {
    throw badInput('run: no');
  };
  handlers['library.list'] = async () => {
    throw new Error('secret detail');
  };
  return createDispatch(Object.assign(handlers, { secret: async () => 'never' }), (line) => log.push(line));
};

test('every call of the table passes, with its parsed input', async () => {
  expect(await made()('run.metrics', { run: 'a' })).toEqual({ ok: true, value: { k: 'run.metrics', input: { run: 'a' } } });
  expect(await made()('app.info', undefined)).toEqual({ ok: true, value: { k: 'app.info', input: {} } });
});

test.each(['secret', 'toString', '__proto__', 'constructor', '', 7, null, { toString: () => 'app.info' }])(
  '%j is no call',
  async (name) => {
    expect(await made()(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-call' } });
  },
);

test.each([
  ['run.snapshot', { run: 'a', epoch: 'x' }, 'run.snapshot: epoch: expected number, got "x"'],
  ['run.snapshot', { run: 'a', epoch: -1 }, 'run.snapshot: epoch: expected 0 or more, got -1'],
  ['run.snapshot', { run: 'a', epoch: 0, more: 1 }, 'run.snapshot: unknown field more'],
  ['run.snapshot', { epoch: 0 }, 'run.snapshot: run: expected string, got undefined'],
  ['run.rename', { run: 'a', name: '' }, 'run.rename: name: expected 1 characters or more, got ""'],
  ['figure.data', { kind: 'pie', runs: ['a'] }, /^figure\.data: kind: expected training \| .*, got "pie"$/],
  [
    'figure.export',
    { request: { kind: 'training', runs: [] }, style: {}, format: 'svg' },
    'figure.export: request.runs: expected 1 entries or more, got []',
  ],
  ['run.get', 'text', 'run.get: input: expected object, got "text"'],
])('%s refuses %j in one line', async (name, input, message) => {
  const reply = await made()(name, input);
  expect(reply).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  expect((reply as { error: { message: string } }).error.message).toMatch(message);
});

test('an error of ours crosses with its code; any other keeps its stack at home', async () => {
  const log: string[] = [];
  expect(await made(log)('run.get', { run: 'a' })).toEqual({ ok: false, error: { code: 'bad-input', message: 'run: no' } });
  expect(log).toEqual([]);
  const reply = await made(log)('library.list', {});
  expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(JSON.stringify(reply)).not.toContain('secret');
  expect(log[0]).toMatch(/secret detail\n\s+at /);
  expect(new KernelscopeError('failed', 'x').code).toBe('failed');
});
