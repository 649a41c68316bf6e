// Every job of the compute process by its name.
import type { JobTable } from '../worker.ts';
import { analyse } from './analyse.ts';
import { calibrate } from './calibrate.ts';
import { compare } from './compare.ts';
import { devices, doctor } from './doctor.ts';
import { importing } from './import.ts';
import { load } from './load.ts';
import { recompute } from './recompute.ts';
import { regress } from './regress.ts';
import { train } from './train.ts';

export const jobs: JobTable = { train, load, recompute, regress, compare, analyse, doctor, devices, import: importing, calibrate };
