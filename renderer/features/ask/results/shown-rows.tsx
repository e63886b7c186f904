import { ChartColumn, Hash, RotateCw, SearchX, Table2, X } from 'lucide-react';
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react';
import { AppError } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { DataGrid } from '../../../components/data-grid/data-grid.tsx';
import type { CellRange } from '../../../components/data-grid/selection.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';
import type { ShownResult } from '../ask-state.ts';
import { CopyMenu, ExportMenu, type ResultSource } from './result-menus.tsx';
import { useReadOn, type ReadOn, type Reading } from './use-read-on.ts';

const ChartView = lazy(async () => ({ default: (await import('./chart-view.tsx')).ChartView }));

interface ShownRowsProps {
  result: ShownResult;
  connectionId: string | undefined;
  /** Who wrote the statement. */
  origin: 'user' | 'model';
  fileName: string;
  /** Other rows are on their way. */
  outdated: boolean;
  /** What else is known of the result, for the head. */
  facts: ReactNode;
  /** A second result beside this one. */
  beside?: ReactNode;
}

/** The rows of one result: its head, and below it a grid or a chart. Mount it anew for another result. */
export function ShownRows({
  result,
  connectionId,
  origin,
  fileName,
  outdated,
  facts,
  beside,
}: ShownRowsProps) {
  const { value, sql } = result;
  const [view, setView] = useState<'grid' | 'chart'>('grid');
  const selection = useRef<CellRange>(undefined);
  const readOn = useReadOn({ connectionId, sql, origin, result: value });
  const toast = useToast();
  const source: ResultSource = { columns: value.columns, readOn, sql, origin, connectionId, fileName };
  const isEmpty = value.rowCount === 0;
  async function copyCells(text: string, count: number): Promise<void> {
    toast((await copyText(text)) ? copy.result.copiedCells(count) : copy.common.copyFailed);
  }
  return (
    <>
      <div className="card-head">
        <h2 className="visually-hidden">{copy.result.title}</h2>
        <div className="result-facts" role="status">
          <RowCount readOn={readOn} />
          {facts}
        </div>
        <span className="grow" />
        {!isEmpty && (
          <>
            <ViewSwitch view={view} onChange={setView} />
            <CopyMenu source={source} selection={selection} disabled={outdated} />
            <ExportMenu source={source} isWhole={!value.truncated} disabled={outdated} />
          </>
        )}
      </div>
      <ReadingNote readOn={readOn} columnName={value.columns[readOn.sort?.column ?? -1]?.name} />
      <div className={beside ? 'result-body compared' : 'result-body'}>
        <div className="result-rows">
          {isEmpty && (
            <EmptyState icon={SearchX} title={copy.result.emptyTitle} hint={copy.result.emptyHint} />
          )}
          {!isEmpty && view === 'grid' && (
            <DataGrid
              label={copy.result.grid}
              columns={value.columns}
              rows={readOn.rows}
              sort={readOn.sort}
              onSort={readOn.sortBy}
              onSeekEnd={
                readOn.total === undefined && readOn.reading.kind !== 'closed' ? readOn.count : undefined
              }
              outdated={outdated}
              onCopy={(text, count) => void copyCells(text, count)}
              onCopyFailed={(error) => toast(AppError.from(error).message)}
              onSelect={(range) => (selection.current = range)}
            />
          )}
          {!isEmpty && view === 'chart' && (
            <Suspense fallback={<Waiting />}>
              <ChartView
                columns={value.columns}
                rows={value.rows}
                hasMore={value.truncated}
                fileName={fileName}
                description={sql}
              />
            </Suspense>
          )}
        </div>
        {beside}
      </div>
    </>
  );
}

function Waiting() {
  return (
    <div className="empty-state">
      <Spinner size={24} />
    </div>
  );
}

function RowCount({ readOn }: { readOn: ReadOn }) {
  const { total, known, counting } = readOn;
  if (total !== undefined) return <strong>{copy.result.rows(total)}</strong>;
  if (counting !== undefined) {
    return (
      <>
        <strong>{copy.result.counting(counting)}</strong>
        <Button small variant="ghost" icon={X} onClick={readOn.stopCounting}>
          {copy.result.stopCounting}
        </Button>
      </>
    );
  }
  return (
    <>
      <strong>{copy.result.moreRows(known)}</strong>
      <Button small icon={Hash} title={copy.result.countHint} onClick={() => void readOn.count()}>
        {copy.result.count}
      </Button>
    </>
  );
}

function ViewSwitch({ view, onChange }: { view: 'grid' | 'chart'; onChange(view: 'grid' | 'chart'): void }) {
  const views = [
    { id: 'grid', icon: Table2, label: copy.charts.asGrid },
    { id: 'chart', icon: ChartColumn, label: copy.charts.asChart },
  ] as const;
  return (
    <div className="view-switch flex" role="group" aria-label={copy.charts.view}>
      {views.map(({ id, icon, label }) => (
        <IconButton
          key={id}
          icon={icon}
          label={label}
          aria-pressed={view === id}
          onClick={() => onChange(id)}
        />
      ))}
    </div>
  );
}

/** Says that the statement runs or ran again, or why no more rows come. */
function ReadingNote({ readOn, columnName }: { readOn: ReadOn; columnName: string | undefined }) {
  const { reading, sort } = readOn;
  if (reading.kind === 'closed') {
    return (
      <Notice
        tone={reading.reason === 'failed' || reading.reason === 'lost' ? 'error' : 'info'}
        title={copy.result.closedTitle[reading.reason]}
        message={reading.message}
        hint={copy.result.closedHint}
        actions={
          <Button small icon={RotateCw} onClick={readOn.runAgain}>
            {copy.result.runAgain}
          </Button>
        }
      />
    );
  }
  const note = noteOf(reading, sort && columnName);
  return note === undefined ? null : (
    <p className="m-0 border-t border-border px-4 py-1.5 text-xs text-text-2" role="status">
      {note}
    </p>
  );
}

function noteOf(reading: Reading, sortedBy: string | undefined): string | undefined {
  if (reading.kind === 'opening') {
    return sortedBy === undefined ? copy.result.readingOn : copy.result.sorting(sortedBy);
  }
  if (reading.kind === 'open')
    return sortedBy === undefined ? copy.result.readOn : copy.result.sortedBy(sortedBy);
  return undefined;
}
