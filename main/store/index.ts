export { openLibrary, type Library, type LibraryOptions } from './library.ts';
export { mayMove } from './states.ts';
export type { NewRun } from './runs.ts';
export type { NewSweep, StoredCell } from './sweeps.ts';
