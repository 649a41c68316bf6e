/** Why a test that takes minutes is left out; null where it was asked for. */
export const leftOut: string | null = process.env['LONG_TESTS'] ? null : 'takes minutes, run with LONG_TESTS=1';
