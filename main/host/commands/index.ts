// All commands, in the order of the help.
import type { Command } from '../cli/command.ts';
import { analyze } from './analyze.ts';
import { bench } from './bench.ts';
import { compare } from './compare.ts';
import { dataImport } from './data-import.ts';
import { dataFetch, dataList } from './data.ts';
import { doctor } from './doctor.ts';
import { exportRun } from './export.ts';
import { figure } from './figure.ts';
import { importBundle } from './import.ts';
import { list } from './list.ts';
import { deleteRun, note, rename, tag } from './edit.ts';
import { presets } from './presets.ts';
import { reproduce } from './reproduce.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { show } from './show.ts';
import { sweepSlurm } from './sweep-slurm.ts';
import { sweep } from './sweep.ts';
import { table1 } from './table1.ts';

export const commands: readonly Command[] = [
  doctor,
  presets,
  dataList,
  dataFetch,
  dataImport,
  run,
  sweep,
  sweepSlurm,
  list,
  show,
  rename,
  tag,
  note,
  deleteRun,
  compare,
  figure,
  table1,
  reproduce,
  exportRun,
  importBundle,
  analyze,
  serve,
  bench,
];
