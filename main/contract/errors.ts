/** What can go wrong in a way that a person can act on. Anything else is a bug and keeps its stack. */
export const errorCodes = {
  'bad-input': 2, // a field, flag or file is wrong; nothing was done
  'not-found': 2, // no such run, dataset, preset, figure
  locked: 1, // another process holds the library
  failed: 1, // the work was tried and failed
  cancelled: 130, // interrupted; what was done is kept
  forbidden: 1,
  'unknown-call': 2,
  'device-lost': 1, // a GPU went away in mid-run; what was done is kept, and can go on on another device
  internal: 1,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** An error for a person: one line that names the field, file or flag, what stood there and what is accepted. */
export class KernelscopeError extends Error {
  override readonly name = 'KernelscopeError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The exit status of the command line for an error (CONTRACT: 1 the work failed, 2 the input is wrong, 130 interrupted). */
export const exitStatus = (error: unknown): number => (error instanceof KernelscopeError ? errorCodes[error.code] : 1);

/** What an error says, without what follows in further lines. */
export const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0];

export const badInput = (message: string) => new KernelscopeError('bad-input', message);
