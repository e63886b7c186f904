import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Cell, ResultColumn, ResultSort } from '../../../core/contract/index.ts';
import { isNumericType, toTsv } from '../../lib/format-rows.ts';
import { CellViewer } from './cell-viewer.tsx';
import { wholeRows, type GridRows } from './grid-rows.ts';
import { GridRow } from './grid-row.tsx';
import { HeaderCell } from './header-cell.tsx';
import { useRowWindow } from './row-window.ts';
import {
  moveSelection,
  rangeOf,
  selectColumn,
  selectRow,
  wholeGrid,
  type CellPosition,
  type CellRange,
  type GridSelection,
} from './selection.ts';
import { nextSort, sortRows } from './sort-rows.ts';
import { useColumnWidths } from './use-column-widths.ts';
import { useEndSeek } from './use-end-seek.ts';

interface DataGridProps {
  label: string;
  columns: ResultColumn[];
  /** All of them, or some that come while they are scrolled to. */
  rows: Cell[][] | GridRows;
  /** Other rows are on their way: these are dimmed and not copied. */
  outdated?: boolean;
  /** How the rows are sorted, and who sorts them. Left out: the grid sorts rows that are all here by itself. */
  sort?: ResultSort | undefined;
  onSort?(sort: ResultSort | undefined): void;
  /** The selected cells as TSV, and how many they are. */
  onCopy(text: string, cellCount: number): void;
  /** The rows to copy could not be had. */
  onCopyFailed?(error: unknown): void;
  onSelect?(range: CellRange): void;
  /** Finds how many rows there are, where that is not known and somebody wants the last one; undefined: it was stopped. */
  onSeekEnd?: (() => Promise<number | undefined>) | undefined;
}

const rowHeightPx = 28;
const headHeightPx = 44;
const keyStepPx = 16;
const start: GridSelection = { active: { row: 0, column: 0 }, anchor: { row: 0, column: 0 } };

/**
 * Rows and columns of which only the visible ones are in the document. One tab stop: the grid has the focus and names
 * its active cell. @see https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export function DataGrid(props: DataGridProps) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const { label, columns, outdated = false } = props;
  const baseId = useId();
  const scrollRef = useRef<HTMLDivElement>(null);
  const { rows, sort, onSort } = useGridRows(props);
  const { widths, resize, widen } = useColumnWidths(columns, rows);
  const [selection, setSelection] = useState(start);
  const [opened, setOpened] = useState<CellPosition>();
  const gutterPx = 20 + String(rows.count).length * 8;
  const view = useRowWindow({ scrollRef, count: rows.count, rowPx: rowHeightPx, headPx: headHeightPx });
  const numeric = useMemo(() => columns.map(({ type }) => isNumericType(type)), [columns]);
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
  const { shownFrom, shownTo } = view;
  useEffect(() => rows.show?.(shownFrom, shownTo), [rows, shownFrom, shownTo]);
  const visibleColumns = columnAxis.getVirtualItems();
  const firstColumn = visibleColumns[0]?.index ?? 0;
  const lastColumn = visibleColumns.at(-1)?.index ?? -1;
  useEffect(
    () => widen({ from: shownFrom, to: shownTo, firstColumn, lastColumn }),
    [widen, shownFrom, shownTo, firstColumn, lastColumn],
  );

  const size = { rows: rows.count, columns: columns.length, pageRows: Math.max(1, shownTo - shownFrom - 1) };

  const endSeek = useEndSeek({
    scrollRef,
    rowCount: rows.count,
    find: props.onSeekEnd,
    goTo: (row, { key, shift, mod }) => {
      const next = moveSelection(selection, { key, shift, mod }, { ...size, rows: row + 1 });
      if (next) select(next);
    },
  });

  function choose(next: GridSelection): void {
    endSeek.forget();
    setSelection(next);
    props.onSelect?.(rangeOf(next));
  }

  function select(next: GridSelection): void {
    choose(next);
    view.scrollToRow(next.active.row);
    columnAxis.scrollToIndex(next.active.column);
  }

  /** What was first before is first no more. */
  function sortBy(column: number): void {
    onSort(nextSort(sort, column));
    const top = { row: 0, column: selection.active.column };
    choose({ active: top, anchor: top });
    view.scrollToRow(0);
  }

  function press(event: KeyboardEvent): void {
    const mod = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const { active } = selection;
    const isPlain = !mod && !event.altKey;
    if (mod && key === 'c') void (outdated || copyRange());
    else if (isPlain && (key === '+' || key === '-'))
      resize(active.column, (widths[active.column] ?? 0) + (key === '+' ? keyStepPx : -keyStepPx));
    else if (isPlain && key === 's') sortBy(active.column);
    else if (key === 'enter' && isPlain && rows.count > 0) setOpened(active);
    else if (key === ' ' && mod) choose(selectColumn(selection, active.column, false, size));
    else if (key === ' ' && event.shiftKey) choose(selectRow(selection, active.row, false, size));
    else if (mod && key === 'a') choose(wholeGrid(size));
    else {
      const move = { key: event.key, shift: event.shiftKey, mod };
      const next = moveSelection(selection, move, size);
      if (!next) return;
      select(next);
      if (mod && (event.key === 'End' || event.key === 'ArrowDown')) endSeek.start(move);
    }
    event.preventDefault();
  }

  async function copyRange(): Promise<void> {
    const { fromRow, toRow, fromColumn, toColumn } = rangeOf(selection);
    try {
      const found = await rows.read(fromRow, toRow + 1);
      const cells = found.map((row) => row.slice(fromColumn, toColumn + 1));
      const columnSlice = columns.slice(fromColumn, toColumn + 1);
      const text = toTsv({ columns: columnSlice, rows: cells }, { header: false });
      props.onCopy(text, columnSlice.length * cells.length);
    } catch (error) {
      props.onCopyFailed?.(error);
    }
  }

  function pick(event: PointerEvent, isDrag: boolean): void {
    const place = placeOf(event);
    if (!place) return;
    const extend = isDrag || event.shiftKey;
    if (place.column === undefined) choose(selectRow(selection, place.row, extend, size));
    else
      choose({
        active: { row: place.row, column: place.column },
        anchor: extend ? selection.anchor : { row: place.row, column: place.column },
      });
  }

  const range = rangeOf(selection);
  const totalWidth = columnAxis.getTotalSize();
  const drawn = Math.max(0, view.end - view.first);
  return (
    <>
      <div
        ref={scrollRef}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.count + 1}
        aria-colcount={columns.length}
        aria-multiselectable
        aria-busy={outdated}
        aria-activedescendant={
          rows.count > 0 ? `${baseId}-${selection.active.row}-${selection.active.column}` : undefined
        }
        tabIndex={0}
        className="data-grid"
        onKeyDown={press}
      >
        <div role="row" aria-rowindex={1} className="grid-head" style={{ width: totalWidth }}>
          <span
            className="grid-corner"
            aria-hidden
            style={{ width: gutterPx }}
            onClick={() => choose(wholeGrid(size))}
          />
          {visibleColumns.map(({ index, start: left, size: width }) => (
            <HeaderCell
              key={index}
              index={index}
              column={columns[index] as ResultColumn}
              width={width}
              style={{ left, width }}
              sort={sort}
              onSort={() => sortBy(index)}
              onSelect={(extend) => choose(selectColumn(selection, index, extend, size))}
              onResize={(next) => resize(index, next)}
            />
          ))}
        </div>
        <div
          role="presentation"
          className="grid-body"
          style={{ height: view.bodyPx, width: totalWidth }}
          onPointerDown={(event) => pick(event, false)}
          onPointerOver={(event) => {
            if (event.buttons === 1) pick(event, true);
          }}
          onDoubleClick={() => rows.count > 0 && setOpened(selection.active)}
        >
          <div
            role="presentation"
            className="grid-rows"
            style={{ transform: `translateY(${view.basePx}px)` }}
          >
            {Array.from({ length: drawn }, (_, at) => {
              const index = view.first + at;
              const isSelected = index >= range.fromRow && index <= range.toRow;
              return (
                <GridRow
                  // A row that leaves at one end is used again at the other.
                  key={index % drawn}
                  index={index}
                  top={view.topOf(index)}
                  width={totalWidth}
                  gutterPx={gutterPx}
                  cells={rows.at(index)}
                  columns={visibleColumns}
                  numeric={numeric}
                  activeColumn={selection.active.row === index ? selection.active.column : -1}
                  selectedFrom={isSelected ? range.fromColumn : -1}
                  selectedTo={isSelected ? range.toColumn : -1}
                  baseId={baseId}
                />
              );
            })}
          </div>
        </div>
      </div>
      {opened && (
        <CellViewer
          column={columns[opened.column]}
          row={opened.row}
          cell={rows.at(opened.row)?.[opened.column]}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

/** Rows that are all here are sorted here, unless somebody else sorts. */
function useGridRows({ rows, columns, sort, onSort }: DataGridProps) {
  const [ownSort, setOwnSort] = useState<ResultSort>();
  const grid = useMemo(
    () => (Array.isArray(rows) ? wholeRows(onSort ? rows : sortRows(rows, columns, ownSort)) : rows),
    [rows, columns, ownSort, onSort],
  );
  return { rows: grid, sort: onSort ? sort : ownSort, onSort: onSort ?? setOwnSort };
}

/** The cell under the pointer; without a column where it is a row's number. */
function placeOf({ target }: PointerEvent): { row: number; column: number | undefined } | undefined {
  const data = target instanceof HTMLElement ? target.dataset : {};
  if (data['row'] === undefined) return undefined;
  return {
    row: Number(data['row']),
    column: data['column'] === undefined ? undefined : Number(data['column']),
  };
}
