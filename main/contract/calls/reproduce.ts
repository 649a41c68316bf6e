// The call about the paper: its statements, checked on what the library holds.
import { z } from 'zod';
import type { Reproduction } from '../reproduce.ts';

export const reproduceCalls = {
  'reproduce.get': z.strictObject({}),
} as const;

export interface ReproduceResults {
  'reproduce.get': Reproduction;
}
