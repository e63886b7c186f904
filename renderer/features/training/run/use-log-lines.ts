import { useQueries } from '@tanstack/react-query';
import { useCore } from '../../../lib/core-context.tsx';

const pageSize = 200;

interface LogPage {
  lines: string[];
}

/** Reads the pages that hold the visible lines. The last page is another one for every line that comes. */
export function useLogLines(
  runId: string,
  total: number,
  first: number,
  last: number,
): (index: number) => string | undefined {
  const core = useCore();
  const firstPage = Math.floor(first / pageSize);
  const count = total === 0 ? 0 : Math.floor(Math.min(last, total - 1) / pageSize) - firstPage + 1;
  const pages = Array.from({ length: Math.max(0, count) }, (_, at) => firstPage + at);
  const read = useQueries({
    queries: pages.map((page) => {
      const from = page * pageSize;
      const limit = Math.min(pageSize, Math.max(1, total - from));
      return {
        queryKey: ['training.log', runId, page, limit],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          core['training.log']({ runId, from, limit }, { signal }),
        staleTime: Infinity,
        gcTime: 10_000,
        placeholderData: (before: LogPage | undefined) => before,
      };
    }),
  });
  return (index) => read[pages.indexOf(Math.floor(index / pageSize))]?.data?.lines[index % pageSize];
}
