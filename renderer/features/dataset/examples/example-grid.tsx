import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, type KeyboardEvent, type Ref } from 'react';
import type { DatasetSearch, DatasetSearchResult } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { ExampleRowView } from './example-row.tsx';
import type { ExampleSearch } from './search-address.ts';
import { useExampleRows } from './use-examples.ts';

const text = copy.dataset;
const tableRowPx = 34;
const compactRowPx = 58;
const headPx = 34;

type SortBy = DatasetSearch['sort']['by'];
const columns: { name: keyof typeof text.columns; sort?: SortBy; isNumber?: boolean }[] = [
  { name: 'id', sort: 'position' },
  { name: 'question', sort: 'question' },
  { name: 'dbId', sort: 'dbId' },
  { name: 'split' },
  { name: 'hardness', sort: 'hardness' },
  { name: 'outcome', sort: 'outcome' },
  { name: 'tables', sort: 'tables', isNumber: true },
  { name: 'features' },
  { name: 'promptTokens', sort: 'promptTokens', isNumber: true },
];

interface ExampleGridProps {
  search: ExampleSearch;
  result: DatasetSearchResult;
  /** The row that the keyboard is on, from 0. */
  activeIndex: number;
  openId: string | undefined;
  /** Beside an open example: one column of two lines. */
  isCompact: boolean;
  onActivate(index: number): void;
  onOpen(id: string, index: number): void;
  onSort(by: SortBy): void;
  gridRef: Ref<HTMLDivElement>;
}

/**
 * All examples of a search, of which only those in sight are in the document and read. One tab stop: the grid has the
 * focus and names its active row; the arrows move, Enter opens.
 */
export function ExampleGrid(props: ExampleGridProps) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const { search, result, activeIndex, openId, isCompact, onActivate, onOpen, onSort, gridRef } = props;
  const baseId = useId();
  const scrollRef = useRef<HTMLDivElement>(null);
  const scrolledTo = useRef(0);
  const rowPx = isCompact ? compactRowPx : tableRowPx;
  const axis = useVirtualizer({
    count: result.total,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowPx,
    overscan: 10,
    scrollPaddingStart: isCompact ? 0 : headPx,
  });
  const rows = axis.getVirtualItems();
  const rowAt = useExampleRows(search, result.items, {
    from: rows[0]?.index ?? 0,
    to: rows.at(-1)?.index ?? 0,
  });
  useEffect(() => axis.measure(), [axis, rowPx]);
  useEffect(() => {
    if (activeIndex >= result.total) return;
    // A step of the keyboard moves the list no more than it must; a row from elsewhere comes into the middle.
    const isStep = Math.abs(activeIndex - scrolledTo.current) <= 1;
    scrolledTo.current = activeIndex;
    axis.scrollToIndex(activeIndex, { align: isStep || isInSight(axis, activeIndex) ? 'auto' : 'center' });
  }, [axis, activeIndex, result.total, rowPx]);

  function press(event: KeyboardEvent): void {
    const pageRows = Math.max(1, Math.floor((scrollRef.current?.clientHeight ?? 0) / rowPx) - 2);
    const next = moveRow(event.key, activeIndex, pageRows, result.total);
    const row = rowAt(activeIndex);
    if (next !== undefined) onActivate(next);
    else if (event.key === 'Enter' && row) onOpen(row.id, activeIndex);
    else return;
    event.preventDefault();
  }

  return (
    <div
      ref={(element) => {
        scrollRef.current = element;
        if (typeof gridRef === 'function') gridRef(element);
        else if (gridRef) gridRef.current = element;
      }}
      role="grid"
      aria-label={text.list.label}
      aria-rowcount={result.total + 1}
      aria-activedescendant={result.total > 0 ? `${baseId}-${activeIndex}` : undefined}
      tabIndex={0}
      className="example-grid scroll relative h-full outline-none"
      onKeyDown={press}
    >
      <div role="row" aria-rowindex={1} className={isCompact ? 'visually-hidden' : 'sticky top-0 z-10'}>
        {isCompact ? (
          <span role="columnheader">{text.columns.question}</span>
        ) : (
          <Head search={search} onSort={onSort} />
        )}
      </div>
      <div role="presentation" className="relative min-w-full" style={{ height: axis.getTotalSize() }}>
        {rows.map(({ index, start }) => {
          const row = rowAt(index);
          return (
            <ExampleRowView
              key={index}
              id={`${baseId}-${index}`}
              row={row}
              index={index}
              isCompact={isCompact}
              isActive={index === activeIndex}
              isOpen={row !== undefined && row.id === openId}
              style={{ top: start, height: rowPx }}
              onClick={() => {
                onActivate(index);
                if (row) onOpen(row.id, index);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

function isInSight(axis: { range: { startIndex: number; endIndex: number } | null }, index: number): boolean {
  return axis.range !== null && index > axis.range.startIndex && index < axis.range.endIndex;
}

function Head({ search, onSort }: Pick<ExampleGridProps, 'search' | 'onSort'>) {
  const { by, descending } = search.sort;
  return (
    <div
      role="presentation"
      className="example-columns border-b border-border bg-surface-2 text-s font-semibold"
      style={{ height: headPx }}
    >
      {columns.map(({ name, sort, isNumber }) => (
        <div
          key={name}
          role="columnheader"
          aria-sort={sort !== by ? undefined : descending ? 'descending' : 'ascending'}
          className={`truncate ${isNumber ? 'text-right' : ''} ${name === 'features' ? 'example-features' : ''}`}
        >
          {sort === undefined ? (
            text.columns[name]
          ) : (
            <button type="button" tabIndex={-1} className="font-semibold" onClick={() => onSort(sort)}>
              {text.columns[name]}
              {sort === by && <span aria-hidden>{descending ? ' ↓' : ' ↑'}</span>}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

/** Where a key leads, or undefined where it means nothing here. */
export function moveRow(key: string, from: number, pageRows: number, total: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + pageRows,
    PageUp: from - pageRows,
    Home: 0,
    End: total - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), Math.max(0, total - 1));
}
