import { useRef, type CSSProperties, type PointerEvent } from 'react';
import type { ResultColumn } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { isNumericType } from '../../lib/format-rows.ts';
import { narrowestPx } from './column-widths.ts';

interface HeaderCellProps {
  column: ResultColumn;
  index: number;
  width: number;
  style: CSSProperties;
  onResize(width: number): void;
}

/** Name and type of a column, and the handle that makes it wider or narrower; the grid has keys for the same. */
export function HeaderCell({ column, index, width, style, onResize }: HeaderCellProps) {
  const drag = useRef({ startX: 0, startWidth: 0 });
  function start(event: PointerEvent<HTMLDivElement>): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { startX: event.clientX, startWidth: width };
  }
  function move(event: PointerEvent<HTMLDivElement>): void {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(Math.max(narrowestPx, drag.current.startWidth + event.clientX - drag.current.startX));
  }
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      className={`grid-head-cell ${isNumericType(column.type) ? 'number' : ''}`}
      style={style}
      title={`${column.name} · ${column.type}`}
    >
      <span className="grid-head-name truncate">{column.name}</span>
      <span className="grid-head-type truncate">{column.type}</span>
      <div
        aria-hidden
        title={copy.result.resizeColumn(column.name)}
        className="grid-resize"
        onPointerDown={start}
        onPointerMove={move}
      />
    </div>
  );
}
