import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, type CSSProperties, type PointerEvent } from 'react';
import type { ResultColumn, ResultSort } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { isNumericType } from '../../lib/format-rows.ts';
import { narrowestPx } from './column-widths.ts';

interface HeaderCellProps {
  column: ResultColumn;
  index: number;
  width: number;
  style: CSSProperties;
  sort: ResultSort | undefined;
  onResize(width: number): void;
  /** A click sorts; with Ctrl or Cmd it selects the column. */
  onSort(): void;
  onSelect(extend: boolean): void;
}

/** Name and type of a column; the handle makes it wider or narrower. The grid has keys for all of it. */
export function HeaderCell({
  column,
  index,
  width,
  style,
  sort,
  onResize,
  onSort,
  onSelect,
}: HeaderCellProps) {
  const drag = useRef({ startX: 0, startWidth: 0 });
  const sorted = sort?.column === index ? (sort.descending ? 'descending' : 'ascending') : undefined;
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp;
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
      aria-sort={sorted ?? 'none'}
      className={`grid-head-cell ${isNumericType(column.type) ? 'number' : ''}`}
      style={style}
      title={copy.result.headerHint(column.name, column.type)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) onSelect(event.shiftKey);
        else onSort();
      }}
    >
      <span className="grid-head-name truncate">
        {column.name}
        {sorted && <Arrow className="grid-sort" aria-hidden size={13} />}
      </span>
      <span className="grid-head-type truncate">{column.type}</span>
      <div
        aria-hidden
        title={copy.result.resizeColumn(column.name)}
        className="grid-resize"
        onPointerDown={start}
        onPointerMove={move}
        onClick={(event) => event.stopPropagation()}
      />
    </div>
  );
}
