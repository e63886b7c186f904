import { ChevronLeft, ChevronRight, SearchX } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../../components/button.tsx';
import { DataGrid } from '../../../components/data-grid/data-grid.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { useSampleRows } from '../explorer-queries.ts';
import type { Source } from '../sources.ts';
import type { ShownTable } from './table-view.tsx';

const text = copy.explorer.table.sample;
const pageRows = 100;

/** Rows a page at a time; each page is asked for anew. */
export function SampleTab({ source, table }: { source: Source; table: ShownTable }) {
  const toast = useToast();
  const [offset, setOffset] = useState(0);
  const sample = useSampleRows(
    source.id,
    { namespace: table.namespace, table: table.name },
    offset,
    pageRows,
  );
  if (sample.error) {
    return (
      <div className="p-4">
        <FailureNotice title={text.failed} error={sample.error} onRetry={() => void sample.refetch()} />
      </div>
    );
  }
  if (!sample.data) {
    return (
      <div className="empty-state" role="status">
        <Spinner size={24} />
        {text.loading}
      </div>
    );
  }
  const { rows, columns, truncated, durationMs } = sample.data;
  if (rows.length === 0 && offset === 0) {
    return <EmptyState icon={SearchX} title={text.none} hint={text.noneHint} />;
  }
  const order = table.primaryKey.length > 0 ? text.ordered(table.primaryKey.join(', ')) : text.unordered;
  return (
    <>
      <div className="flex flex-none items-center gap-2 px-4 py-1 text-s text-text-2">
        <span role="status">
          {text.page(offset + 1, offset + rows.length)}, {order} · {text.ran(durationMs)}
        </span>
        <span className="grow" />
        <IconButton
          icon={ChevronLeft}
          label={text.previous}
          disabled={offset === 0}
          onClick={() => setOffset(Math.max(0, offset - pageRows))}
        />
        <IconButton
          icon={ChevronRight}
          label={text.next}
          disabled={!truncated}
          onClick={() => setOffset(offset + pageRows)}
        />
      </div>
      <DataGrid
        key={offset}
        label={text.grid}
        columns={columns}
        rows={rows}
        onCopy={(cells, count) =>
          void copyText(cells).then((done) => toast(done ? text.copied(count) : copy.common.copyFailed))
        }
      />
    </>
  );
}
