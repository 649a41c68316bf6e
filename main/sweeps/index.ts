export { cellAt, cellsOf, parseSweep, placesLeft, readSweep, withSettings, type Cell, type Sweep } from './grid.ts';
export { configHash, sweepHash } from './identity.ts';
export { checkLimits, slurmFiles, type SlurmLimits, type SlurmPlan } from './slurm.ts';
export { correlations, outcomeOf, type Outcome } from './table1.ts';
