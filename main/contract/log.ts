// The log of a run: what happened to it, in order.
export const logLevels = ['info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  /** grows from line to line, over all runs of a library */
  id: number;
  /** ISO 8601 */
  at: string;
  /** epochs done then */
  epoch: number;
  level: LogLevel;
  line: string;
}
