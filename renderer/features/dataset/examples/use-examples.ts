import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { CoreClient, ExampleRow } from '../../../../core/contract/index.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { printSearch, type ExampleSearch } from './search-address.ts';

/** Two screens of rows: more would only be checked and drawn later. */
export const pageSize = 50;

/** One page of a search, kept under its address. A newer search cancels it. */
function pageQuery(core: CoreClient, search: ExampleSearch, page: number) {
  return {
    queryKey: [...datasetKeys.search, printSearch(search), page],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      core['dataset.search']({ ...inputOf(search), offset: page * pageSize, limit: pageSize }, { signal }),
  };
}

function inputOf({ text, filters, sort }: ExampleSearch) {
  return { ...(text.trim() !== '' && { text }), filters, sort };
}

/** The first page with the counts; while another is on its way, the one before stays. */
export function useFirstPage(search: ExampleSearch) {
  const core = useCore();
  return useQuery({ ...pageQuery(core, search, 0), placeholderData: keepPreviousData });
}

/** Rows of the pages that are looked at; `rowAt` gives undefined for one that is not there yet. */
export function useExampleRows(
  search: ExampleSearch,
  first: readonly ExampleRow[],
  range: { from: number; to: number },
) {
  const core = useCore();
  const pages = pagesBetween(range.from, range.to).filter((page) => page > 0);
  const results = useQueries({ queries: pages.map((page) => pageQuery(core, search, page)) });
  const loaded = new Map(pages.map((page, at) => [page, results[at]?.data?.items]));
  return (index: number): ExampleRow | undefined => {
    const page = Math.floor(index / pageSize);
    return page === 0 ? first[index] : loaded.get(page)?.[index % pageSize];
  };
}

export function pagesBetween(from: number, to: number): number[] {
  const first = Math.floor(Math.max(0, from) / pageSize);
  const count = Math.floor(Math.max(0, to) / pageSize) - first + 1;
  return Array.from({ length: count }, (_, at) => first + at);
}

/** Where an example stands in the search, and what is before and after it; null where it is not in it. */
export function useAround(search: ExampleSearch, id: string | undefined) {
  const core = useCore();
  return useQuery({
    queryKey: [...datasetKeys.search, printSearch(search), 'around', id],
    queryFn: async ({ signal }) => {
      const found = await core['dataset.search']({ ...inputOf(search), limit: 0, around: id }, { signal });
      return { total: found.total, place: found.around ?? null };
    },
    enabled: id !== undefined,
    placeholderData: keepPreviousData,
  });
}
