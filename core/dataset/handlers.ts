import type { CoreHandlers, datasetContract } from '../contract/index.ts';
import { proveNow } from './live-proof/prove-now.ts';
import { readStatistics } from './reading/compute-statistics.ts';
import { locateDataset } from './reading/dataset-folder.ts';
import { createIndexCache } from './reading/index-cache.ts';
import { listDatabases, readDatabaseSchema } from './reading/read-databases.ts';
import { findExample, readExample } from './reading/read-example.ts';
import { readStatus } from './reading/read-status.ts';
import { readTableRows } from './reading/read-table-rows.ts';
import { searchExamples } from './reading/search-examples.ts';

export interface DatasetHandlersOptions {
  /** Holds raw/ and processed/; it need not be there yet. */
  datasetDir: string;
}

export type DatasetHandlers = Pick<CoreHandlers, keyof typeof datasetContract>;

/** What the dataset offers for reading through the contract. Nothing is read before the first call. */
export function createDatasetHandlers({ datasetDir }: DatasetHandlersOptions): DatasetHandlers {
  const folder = locateDataset(datasetDir);
  const readIndex = createIndexCache(folder);
  return {
    'dataset.status': () => readStatus(folder, readIndex),
    'dataset.search': async (search) => searchExamples(await readIndex(), search),
    'dataset.example': async ({ id }, { signal }) => readExample(folder, await readIndex(), id, signal),
    'dataset.statistics': async () => readStatistics(await readIndex()),
    'dataset.databases': async () => listDatabases(folder, await readIndex()),
    'dataset.schema': ({ dbId }) => readDatabaseSchema(folder, dbId),
    'dataset.rows': async (page) => readTableRows(folder, page),
    'dataset.run': async ({ id, sql }, { signal }) => {
      const { pair, sql: own } = findExample(await readIndex(), id);
      return proveNow({ folder, pair, sql: sql ?? own, signal });
    },
  };
}
