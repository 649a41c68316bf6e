// Bundles as use cases: one at a time, with progress, from and to a page or a file.
import type { Emit, Handlers } from '../contract/calls.ts';
import { bundleExtension, type BundleImport, type BundleReport } from '../contract/bundles.ts';
import { KernelscopeError } from '../contract/errors.ts';
import { whole } from '../formats/whole.ts';
import type { Library } from '../store/index.ts';
import { takeBundle, writeBundle, type BundleOptions } from './bundles/index.ts';
import { runsNamed, titleOf } from './named-runs.ts';
import { inSlices } from './slices.ts';
import type { Tasks } from './tasks.ts';
import type { Transfers } from './transfers.ts';

export interface Bundles {
  /** Writes runs, named as a person names them, or those of a sweep, into a file, which appears when it is whole. */
  exportBundle(request: { runs: readonly string[]; file: string }, o?: BundleOptions): Promise<BundleReport>;
  /** Takes in a bundle. @throws as takeBundle, `locked` where the library is open for reading only */
  importBundle(request: { file: string; what: string }, o?: BundleOptions): Promise<BundleImport>;
  /** As exportBundle, watched by the page as a task. */
  saveBundle(request: { runs: readonly string[]; file: string; fileName: string }): Promise<BundleReport>;
  /** As importBundle, watched by the page as a task. */
  openBundle(request: { file: string; what: string }): Promise<BundleImport>;
  /** A name for the file of these runs. */
  bundleName(runs: readonly string[]): string;
}
export interface BundlesOptions {
  library: Library;
  tasks: Tasks;
  transfers: Transfers;
  emit: Emit;
  version: string;
  /** free bytes where the library lies */
  room(): Promise<number>;
  /** lets no sweep be started meanwhile */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** @throws `locked` where the library is open for reading only */
  toWrite(): void;
}

export function createBundles(o: BundlesOptions): Bundles & Pick<Handlers, 'library.import' | 'library.export'> {
  const { library, tasks, transfers, version } = o;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: what one holds in the library the other would let go of. */
  const alone = <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    const mine = last
      .catch(() => undefined) // told to the one who asked for it
      .then(() => {
        if (signal?.aborted) throw new KernelscopeError('cancelled', 'stopped before it began');
        return work();
      });
    last = mine;
    return mine;
  };
  const idsOf = (runs: readonly string[]) => runs.flatMap((ref) => runsNamed(library, ref));

  const exportBundle: Bundles['exportBundle'] = ({ runs, file }, options = {}) => {
    const ids = idsOf(runs);
    return alone(options.signal, async () => {
      let report: BundleReport | null = null;
      await whole(file, async (temporary) => {
        report = await writeBundle(library, { runs: ids, file: temporary, version }, options);
      });
      return report as unknown as BundleReport;
    });
  };
  const importBundle: Bundles['importBundle'] = ({ file, what }, options = {}) => {
    o.toWrite();
    return alone(options.signal, async () => {
      const taken = await takeBundle(library, { file, what, room: () => o.room(), alone: o.alone }, options);
      const fresh = taken.runs.filter((r) => r.outcome === 'imported');
      await inSlices(fresh, ({ id }) => o.emit('run.changed', library.runs.get(id)));
      return taken;
    });
  };
  const bundleName = (runs: readonly string[]) =>
    `${
      titleOf(library, runs)
        .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
        .replace(/^[-.]+/, '') || 'runs'
    }${bundleExtension}`;

  return {
    exportBundle,
    importBundle,
    bundleName,
    async openBundle({ file, what }) {
      o.toWrite();
      return tasks.start('bundle-import', what, (options) => importBundle({ file, what }, options)).result;
    },
    saveBundle({ runs, file, fileName }) {
      const { result } = tasks.start('bundle-export', fileName, async (options) => ({
        ...(await exportBundle({ runs, file }, options)),
        fileName,
        download: null,
      }));
      return result;
    },

    async 'library.export'({ runs }) {
      idsOf(runs); // a run that is not there is said at once
      const fileName = bundleName(runs);
      const { file, drop } = await transfers.place();
      const { id } = tasks.start('bundle-export', fileName, async (options) => {
        try {
          const report = await exportBundle({ runs, file }, options);
          return { ...report, fileName, download: await transfers.offer(file, report.bytes) };
        } catch (error) {
          await drop();
          throw error;
        }
      });
      return { task: id };
    },
    async 'library.import'({ upload }) {
      o.toWrite();
      const { file, files, drop } = await transfers.take(upload);
      const what = files.length === 1 ? files[0].name : `${files.length} files`;
      const { id } = tasks.start('bundle-import', what, async (options) => {
        try {
          return await importBundle({ file, what }, options);
        } finally {
          await drop();
        }
      });
      return { task: id };
    },
  };
}
