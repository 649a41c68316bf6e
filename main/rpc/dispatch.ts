// The door of a host: only calls of the table pass, their inputs parsed by it; errors leave as data.
import { shown } from '../contract/config.ts';
import { calls, type Caller, type CallInput, type CallName, type CallResults, type Handlers } from '../contract/calls.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { Reply } from './message.ts';

/** What zod tells about one wrong place; the fields differ with `code`. */
interface Issue {
  code?: string;
  path: readonly PropertyKey[];
  message: string;
  expected?: string;
  values?: readonly unknown[];
  keys?: readonly string[];
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
}

function accepted(issue: Issue): string {
  const sized = { string: 'characters', array: 'entries' }[issue.origin ?? ''];
  const unit = sized ? ` ${sized}` : '';
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected === 'int' ? 'a whole number' : issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values?.map(String).join(' | ')}`;
    case 'too_small':
      return `expected ${issue.minimum}${unit} or more`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unit}`;
    default:
      return issue.message;
  }
}

/** The first issue as one line: the field, what is accepted, what stood there. */
export function explainIssue(issue: Issue, input: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const at = issue.path.map(String).join('.');
    return `${at ? `${at}: ` : ''}unknown field ${issue.keys?.join(', ')}`;
  }
  let value = input;
  for (const key of issue.path)
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return `${issue.path.map(String).join('.') || 'input'}: ${accepted(issue)}, got ${shown(value)}`;
}

/** Calls a handler by name through the door: a name of the table, an input that it accepts. Errors are thrown as they are. */
export async function perform<K extends CallName>(
  handlers: Handlers,
  name: K,
  input: CallInput<K>,
  caller?: Caller,
): Promise<CallResults[K]> {
  if (typeof name !== 'string' || !Object.hasOwn(calls, name))
    throw new KernelscopeError('unknown-call', `no call is named ${shown(name)}`);
  const parsed = calls[name].safeParse(input ?? {});
  if (!parsed.success) throw new KernelscopeError('bad-input', `${name}: ${explainIssue(parsed.error.issues[0], input)}`);
  const handler = handlers[name] as (this: Handlers, parsed: unknown, caller?: Caller) => Promise<CallResults[K]>;
  return handler.call(handlers, parsed.data, caller);
}

export type Dispatch = (name: unknown, input: unknown, caller?: Caller) => Promise<Reply>;

/** The door for a port. Answers always; an error without a code is a bug, whose stack goes to `log` alone. */
export function createDispatch(handlers: Handlers, log: (line: string) => void): Dispatch {
  return async (name, input, caller) => {
    try {
      return { ok: true, value: await perform(handlers, name as CallName, input as CallInput<CallName>, caller) };
    } catch (error) {
      if (error instanceof KernelscopeError) return { ok: false, error: { code: error.code, message: error.message } };
      log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return { ok: false, error: { code: 'internal', message: 'something unforeseen went wrong; the log has the details' } };
    }
  };
}
