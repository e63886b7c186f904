import { useInfiniteQuery } from '@tanstack/react-query';
import { DataGrid } from '../../../components/data-grid/data-grid.tsx';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';

const text = copy.dataset.databases;
const pageSize = 500;

/** The rows as Spider ships them, in the order stored, a page at a time. */
export function TableRows({ dbId, table }: { dbId: string; table: string }) {
  const core = useCore();
  const toast = useToast();
  const pages = useInfiniteQuery({
    queryKey: datasetKeys.rows(dbId, table),
    queryFn: ({ signal, pageParam }) =>
      core['dataset.rows']({ dbId, table, offset: pageParam, limit: pageSize }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const read = all.reduce((count, page) => count + page.rows.length, 0);
      return read < last.total && last.rows.length > 0 ? read : undefined;
    },
    staleTime: 60_000,
  });
  if (pages.error) {
    return (
      <div className="p-4">
        <FailureNotice title={text.rowsFailed} error={pages.error} onRetry={() => void pages.refetch()} />
      </div>
    );
  }
  const [first] = pages.data?.pages ?? [];
  if (!first) return <Loading />;
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-none items-center gap-3 px-4 py-2 text-s text-text-2">
        {text.firstRows(rows.length, first.total)}
        {pages.hasNextPage && (
          <Button small disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {text.more}
          </Button>
        )}
      </div>
      <DataGrid
        label={`${table}: ${text.rowsTab}`}
        columns={first.columns}
        rows={rows}
        onCopy={(copied) =>
          void copyText(copied).then((done) => toast(done ? copy.common.copied : copy.common.copyFailed))
        }
      />
    </div>
  );
}
