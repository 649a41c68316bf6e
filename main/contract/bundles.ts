// Bundles: whole runs in one file, for another library.

/** What a file is called that holds a bundle. */
export const bundleExtension = '.kernelscope';

export interface BundleReport {
  runs: { id: string; name: string }[];
  arrays: number;
  /** of the file */
  bytes: number;
}

/** What became of one run of a bundle. `imported`: it is in the library now; `here`: the same run was there already and was left as it is. */
export interface ImportedRun {
  /** in this library; another than in the bundle where that one belonged to another run */
  id: string;
  name: string;
  outcome: 'imported' | 'here';
  /** in the bundle */
  was: string;
}
/** A sweep that runs of a bundle are cells of. */
export interface ImportedSweep {
  id: string;
  name: string;
  /** cells in all */
  size: number;
  /** cells that had no run and have one of the bundle now */
  filled: number;
  /** it was not in this library */
  isNew: boolean;
}
export interface BundleImport {
  runs: ImportedRun[];
  sweeps: ImportedSweep[];
}
