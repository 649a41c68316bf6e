// Datasets as a host asks for them: which are here, a look into them, fetching, importing, removing.
import type { Emit, Handlers } from '../contract/calls.ts';
import { datasetNameProblem, type DatasetImport } from '../contract/datasets.ts';
import { badInput } from '../contract/errors.ts';
import type { Compute } from '../compute/index.ts';
import {
  fetchable,
  fetchDataset,
  listDatasets,
  previewDataset,
  removeDataset,
  sampleShape,
  type DatasetReport,
  type ImportOptions,
  type ImportReport,
} from '../data/index.ts';
import type { Library } from '../store/index.ts';
import { resultOf } from './job-result.ts';
import type { Tasks } from './tasks.ts';
import type { Transfers } from './transfers.ts';

export interface FetchRequest {
  /** in place of where the dataset's authors keep it */
  baseUrl?: string;
  signal?: AbortSignal;
  onProgress?: (share: number) => void;
  /** what a person should hear of, on one line */
  onRemark?: (line: string) => void;
}

export type ImportRequest = Omit<ImportOptions, 'dataDir' | 'arrays'>;

type Calls = Pick<Handlers, 'dataset.list' | 'dataset.preview' | 'dataset.fetch' | 'dataset.import' | 'dataset.remove'>;
export interface Datasets {
  datasets(): Promise<DatasetReport[]>;
  /** Answers the names of the files that it brought. @throws as fetchDataset of main/data */
  fetchDataset(name: string, o?: FetchRequest): Promise<string[]>;
  /** In a compute process. @throws as importDataset of main/data */
  importDataset(request: ImportRequest): Promise<ImportReport>;
}
export interface DatasetsOptions {
  dataDir: string;
  library: Library;
  compute: Compute;
  tasks: Tasks;
  transfers: Transfers;
  emit: Emit;
  log: (line: string) => void;
}

const refusedShown = 200; // that a page is told of

/** What the page is told; the command line has all of it. */
function forPage({ name, kind, shape, classes, counts, split, refused }: ImportReport): DatasetImport {
  return { name, kind, shape, classes, counts, split, refused: refused.slice(0, refusedShown), refusedCount: refused.length };
}

export function createDatasets({ dataDir, library, compute, tasks, transfers, emit, log }: DatasetsOptions): Datasets & Calls {
  const changed = (id: string) => emit('dataset.changed', { id });
  const atWork = new Set<string>(); // that are being fetched or removed

  const fetching: Datasets['fetchDataset'] = (name, { baseUrl, signal, onProgress, onRemark } = {}) => {
    const files = new Map<string, number>(); // the share of each that is here
    return fetchDataset(name, {
      dataDir,
      ...(baseUrl !== undefined && { baseUrls: [baseUrl] }),
      ...(signal && { signal }),
      ...(onRemark && { onRemark }),
      onProgress(file, done, total) {
        files.set(file, total ? done / total : 0);
        onProgress?.([...files.values()].reduce((sum, share) => sum + share, 0) / fetchable[name]);
      },
    });
  };
  const importing: Datasets['importDataset'] = async ({ signal, onProgress, ...request }) => {
    const job = compute.start('import', { ...request, dataDir }, ({ done }) => onProgress?.(done));
    return resultOf(job, signal);
  };
  /** Runs that were made with each dataset. */
  const uses = () => new Map(library.runs.byDataset().map((d) => [d.dataset, d]));

  return {
    datasets: () => listDatasets(dataDir),
    fetchDataset: fetching,
    importDataset: importing,

    async 'dataset.list'() {
      const used = uses();
      return (await listDatasets(dataDir)).map((report) => {
        const { shape, classes } =
          report.present || report.kind !== 'imported' ? sampleShape(dataDir, report.name) : { shape: [], classes: 0 };
        const { runs, busy } = used.get(report.name) ?? { runs: 0, busy: 0 };
        const { name, kind, present, about, problem, counts, folder, bytes } = report;
        return { name, kind, present, about, problem, counts, folder, bytes, shape: [...shape], classes, runs, busy };
      });
    },
    'dataset.preview': ({ dataset, perClass = 12 }) => previewDataset(dataDir, dataset, perClass),

    async 'dataset.fetch'({ dataset }) {
      if (!Object.hasOwn(fetchable, dataset))
        throw badInput(`dataset: expected ${Object.keys(fetchable).join(' | ')}, got ${JSON.stringify(dataset)}`);
      if (atWork.has(dataset)) throw badInput(`dataset: ${dataset} is being fetched already`);
      atWork.add(dataset);
      const { id } = tasks.start('dataset-fetch', dataset, async ({ signal, onProgress }) => {
        try {
          return { dataset, files: await fetching(dataset, { signal, onProgress, onRemark: log }) };
        } finally {
          atWork.delete(dataset);
          changed(dataset);
        }
      });
      return { task: id };
    },

    async 'dataset.import'({ upload, name, seed = 0 }) {
      const problem = datasetNameProblem(name);
      if (problem) throw badInput(`name: ${problem}`);
      if ((await listDatasets(dataDir)).some((d) => d.name === name))
        throw badInput(`name: expected a name that is not taken, got ${name}`);
      const { file, files, drop } = await transfers.take(upload);
      const { id } = tasks.start('dataset-import', name, async ({ signal, onProgress }) => {
        try {
          const from = files.length === 1 ? files[0].name : name;
          return forPage(await importing({ name, from, packed: { file, files: [...files] }, seed, signal, onProgress }));
        } finally {
          await drop();
          changed(name);
        }
      });
      return { task: id };
    },

    async 'dataset.remove'({ dataset, files = false }) {
      const busy = uses().get(dataset)?.busy ?? 0;
      if (busy > 0)
        throw badInput(
          `dataset: ${dataset} is used by ${busy === 1 ? 'a run that is' : `${busy} runs that are`} not over; stop ${busy === 1 ? 'it' : 'them'} first`,
        );
      if (atWork.has(dataset)) throw badInput(`dataset: ${dataset} is being fetched; stop that first`);
      await removeDataset(dataDir, dataset, { files });
      changed(dataset);
      return { dataset };
    },
  };
}
