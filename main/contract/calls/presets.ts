// Calls about presets: the paper's experiments, smaller versions of them, and a person's own.
import { z } from 'zod';
import type { Estimate } from '../results.ts';
import type { SweepSpec } from '../sweeps.ts';

const presetName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, 'expected 1 … 60 letters, digits, spaces, - _ . in front a letter or digit');

export const presetCalls = {
  'presets.list': z.strictObject({}),
  /** keeps a config or a sweep under a name, in the place of an own one that has it; a preset of the program is not replaced */
  'presets.save': z.strictObject({
    name: presetName,
    title: z.string().max(200).optional(),
    config: z.unknown().optional(),
    sweep: z.unknown().optional(),
  }),
  /** an own one */
  'presets.remove': z.strictObject({ name: presetName }),
} as const;

export interface PresetInfo {
  name: string;
  title: string;
  /** the figures of the paper that it feeds */
  figures: string;
  description: string;
  /** fields that differ from the defaults; null for a sweep */
  config: unknown;
  /** null for one run */
  sweep: { spec: SweepSpec; size: number } | null;
  /** of a sweep: of all its runs, one after the other; null: its dataset is not here, or its config is of another version */
  estimate: Estimate | null;
  /** made by a person */
  yours: boolean;
}

export interface PresetResults {
  'presets.list': PresetInfo[];
  'presets.save': PresetInfo;
  'presets.remove': { name: string };
}

export interface PresetEvents {
  'presets.changed': { name: string };
}
export const presetEvents = ['presets.changed'] as const satisfies readonly (keyof PresetEvents)[];
