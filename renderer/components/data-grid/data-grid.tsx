import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { Cell, ResultColumn } from '../../../core/contract/index.ts';
import { isNumericType, toTsv } from '../../lib/format-rows.ts';
import { estimateWidths, narrowestPx } from './column-widths.ts';
import { GridRow } from './grid-row.tsx';
import { HeaderCell } from './header-cell.tsx';
import { moveSelection, rangeOf, type CellPosition, type GridSelection } from './selection.ts';

interface DataGridProps {
  label: string;
  columns: ResultColumn[];
  rows: Cell[][];
  /** Other rows are on their way: these are dimmed and not copied. */
  outdated?: boolean;
  /** The selected cells as TSV, and how many they are. */
  onCopy(text: string, cellCount: number): void;
}

const rowHeightPx = 28;
const headHeightPx = 44;
const keyStepPx = 16;
const start: GridSelection = { active: { row: 0, column: 0 }, anchor: { row: 0, column: 0 } };

/**
 * Rows and columns of which only the visible ones are in the document. One tab stop: the grid has the focus and names
 * its active cell. @see https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export function DataGrid({ label, columns, rows, outdated = false, onCopy }: DataGridProps) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const baseId = useId();
  const scrollRef = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState(start);
  const [widths, setWidths] = useState(() => estimateWidths(columns, rows));
  const gutterPx = 20 + String(rows.length).length * 8;
  const rowAxis = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeightPx,
    overscan: 12,
    scrollPaddingStart: headHeightPx,
  });
  const columnAxis = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: (index) => widths[index] ?? 0,
    overscan: 4,
    paddingStart: gutterPx,
    scrollPaddingStart: gutterPx,
  });
  useEffect(() => columnAxis.measure(), [columnAxis, widths]);

  function select(next: GridSelection): void {
    setSelection(next);
    rowAxis.scrollToIndex(next.active.row);
    columnAxis.scrollToIndex(next.active.column);
  }

  function press(event: KeyboardEvent): void {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key.toLowerCase() === 'c') {
      event.preventDefault();
      if (!outdated) copyRange();
      return;
    }
    if (event.key === '+' || event.key === '-') {
      resize(selection.active.column, event.key === '+' ? keyStepPx : -keyStepPx);
      return;
    }
    const pageRows = Math.max(1, Math.floor((scrollRef.current?.clientHeight ?? 0) / rowHeightPx) - 3);
    const size = { rows: rows.length, columns: columns.length, pageRows };
    const next = moveSelection(selection, { key: event.key, shift: event.shiftKey, mod }, size);
    if (!next) return;
    event.preventDefault();
    if (mod && event.key.toLowerCase() === 'a') setSelection(next);
    else select(next);
  }

  function resize(column: number, stepPx: number): void {
    setWidths(widths.map((old, at) => (at === column ? Math.max(narrowestPx, old + stepPx) : old)));
  }

  function copyRange(): void {
    const range = rangeOf(selection);
    const columnSlice = columns.slice(range.fromColumn, range.toColumn + 1);
    const rowSlice = rows
      .slice(range.fromRow, range.toRow + 1)
      .map((row) => row.slice(range.fromColumn, range.toColumn + 1));
    onCopy(
      toTsv({ columns: columnSlice, rows: rowSlice }, { header: false }),
      columnSlice.length * rowSlice.length,
    );
  }

  function pick(cell: CellPosition, extend: boolean): void {
    setSelection({ active: cell, anchor: extend ? selection.anchor : cell });
  }

  const cellId = ({ row, column }: CellPosition) => `${baseId}-${row}-${column}`;
  const range = rangeOf(selection);
  const totalWidth = columnAxis.getTotalSize();
  const visibleColumns = columnAxis.getVirtualItems();
  return (
    <div
      ref={scrollRef}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-busy={outdated}
      aria-activedescendant={rows.length > 0 ? cellId(selection.active) : undefined}
      tabIndex={0}
      className="data-grid"
      onKeyDown={press}
    >
      <div role="row" aria-rowindex={1} className="grid-head" style={{ width: totalWidth }}>
        <span className="grid-corner" aria-hidden style={{ width: gutterPx }} />
        {visibleColumns.map(({ index, start: left, size }) => (
          <HeaderCell
            key={index}
            index={index}
            column={columns[index] as ResultColumn}
            width={size}
            style={{ left, width: size }}
            onResize={(width) => setWidths(widths.map((old, at) => (at === index ? width : old)))}
          />
        ))}
      </div>
      <div
        role="presentation"
        className="grid-body"
        style={{ height: rowAxis.getTotalSize(), width: totalWidth }}
      >
        {rowAxis.getVirtualItems().map((row) => (
          <GridRow
            key={row.index}
            index={row.index}
            top={row.start}
            width={totalWidth}
            gutterPx={gutterPx}
            cells={rows[row.index] ?? []}
            columns={visibleColumns}
            isNumeric={(index) => isNumericType(columns[index]?.type ?? '')}
            active={selection.active}
            range={range}
            cellId={cellId}
            onPick={pick}
          />
        ))}
      </div>
    </div>
  );
}
