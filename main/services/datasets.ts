// Datasets as a host asks for them: which are here, fetching, importing.
import {
  fetchable,
  fetchDataset,
  importDataset,
  listDatasets,
  type DatasetReport,
  type ImportOptions,
  type ImportReport,
} from '../data/index.ts';

export interface FetchRequest {
  /** in place of where the dataset's authors keep it */
  baseUrl?: string;
  signal?: AbortSignal;
  onProgress?: (share: number) => void;
  /** what a person should hear of, on one line */
  onRemark?: (line: string) => void;
}

export type ImportRequest = Omit<ImportOptions, 'dataDir'>;

export interface Datasets {
  datasets(): Promise<DatasetReport[]>;
  /** Answers the names of the files that it brought. @throws as fetchDataset of main/data */
  fetchDataset(name: string, o?: FetchRequest): Promise<string[]>;
  /** @throws as importDataset of main/data */
  importDataset(request: ImportRequest): Promise<ImportReport>;
}

export function createDatasets(dataDir: string): Datasets {
  return {
    datasets: () => listDatasets(dataDir),
    importDataset: (request) => importDataset({ ...request, dataDir }),
    fetchDataset(name, { baseUrl, signal, onProgress, onRemark } = {}) {
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
    },
  };
}
