import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCore } from '../../lib/core-context.tsx';

/** Everything read from the dataset: what a correction or a finished stage makes stale. */
const datasetKey = 'dataset';

export const datasetKeys = {
  all: [datasetKey],
  status: [datasetKey, 'status'],
  search: [datasetKey, 'search'],
  example: (id: string) => [datasetKey, 'example', id],
  databases: [datasetKey, 'databases'],
  schema: (dbId: string) => [datasetKey, 'schema', dbId],
  rows: (dbId: string, table: string) => [datasetKey, 'rows', dbId, table],
  statistics: [datasetKey, 'statistics'],
  versions: [datasetKey, 'versions'],
  diff: (from: string, to: string) => [datasetKey, 'diff', from, to],
  check: [datasetKey, 'check'],
} as const;

export function useDatasetStatus() {
  const core = useCore();
  return useQuery({
    queryKey: datasetKeys.status,
    queryFn: ({ signal }) => core['dataset.status']({}, { signal }),
  });
}

/** Reads everything of the dataset again, after it was changed. */
export function useRefreshDataset(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: datasetKeys.all });
}
