import { useCallback, useRef, useState } from 'react';
import type { Cell, ResultColumn } from '../../../core/contract/index.ts';
import { estimateWidths, narrowestPx, sampledRows } from './column-widths.ts';
import type { GridRows } from './grid-rows.ts';

/** Rows and columns on show; `to` is exclusive, `lastColumn` is not. */
interface ShownPart {
  from: number;
  to: number;
  firstColumn: number;
  lastColumn: number;
}

interface ColumnWidths {
  /** In pixels. */
  widths: number[];
  /** Sets one to a width in pixels, which it keeps from then on. */
  resize(column: number, widthPx: number): void;
  /** Makes room for what is on show, in columns that nobody set; none becomes narrower. */
  widen(part: ShownPart): void;
}

export function useColumnWidths(columns: ResultColumn[], rows: GridRows): ColumnWidths {
  const [widths, setWidths] = useState(() => estimateWidths(columns, rowsBetween(rows, 0, sampledRows)));
  const setByUser = useRef(new Set<number>());
  const resize = useCallback((column: number, widthPx: number): void => {
    setByUser.current.add(column);
    setWidths((old) => old.map((width, at) => (at === column ? Math.max(narrowestPx, widthPx) : width)));
  }, []);
  const widen = useCallback(
    ({ from, to, firstColumn, lastColumn }: ShownPart): void => {
      const cells = rowsBetween(rows, from, to).map((row) => row.slice(firstColumn, lastColumn + 1));
      const needed = estimateWidths(columns.slice(firstColumn, lastColumn + 1), cells);
      setWidths((old) => {
        const grows = (width: number, at: number) =>
          !setByUser.current.has(at) && (needed[at - firstColumn] ?? 0) > width;
        return old.some(grows)
          ? old.map((width, at) => (grows(width, at) ? (needed[at - firstColumn] ?? width) : width))
          : old;
      });
    },
    [columns, rows],
  );
  return { widths, resize, widen };
}

/** Those of them that are here. */
function rowsBetween(rows: GridRows, from: number, to: number): Cell[][] {
  const found: Cell[][] = [];
  for (let index = from; index < Math.min(to, rows.count); index += 1) {
    const row = rows.at(index);
    if (row) found.push(row);
  }
  return found;
}
