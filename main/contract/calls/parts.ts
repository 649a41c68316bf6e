// What several calls take.
import { z } from 'zod';

/** A run as a person names it: its id, a unique prefix of one, or its name. */
export const runId = z.string().min(1).max(200);
export const epoch = z.number().int().min(0);
/** The device that a run asks for; `auto`: the fastest that passes its self-test. */
export const deviceWish = z.enum(['auto', 'cuda', 'webgpu', 'cpu']);
/** As many runs as one call takes at most. */
export const runIds = z.array(runId).min(1).max(10_000);
