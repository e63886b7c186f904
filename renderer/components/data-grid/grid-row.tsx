import type { VirtualItem } from '@tanstack/react-virtual';
import { memo } from 'react';
import type { Cell } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { cellText } from '../../lib/format-rows.ts';

interface GridRowProps {
  index: number;
  top: number;
  width: number;
  gutterPx: number;
  /** Undefined while they are on their way. */
  cells: Cell[] | undefined;
  columns: VirtualItem[];
  /** By column. */
  numeric: boolean[];
  /** Of the active cell, where it is in this row; else -1. */
  activeColumn: number;
  /** First and last selected column; -1 where the row is not in the selection. */
  selectedFrom: number;
  selectedTo: number;
  /** Ids of cells are `${baseId}-${row}-${column}`. */
  baseId: string;
}

/** A cell is drawn with so many characters at most; the viewer shows the rest. */
const drawnCharacters = 400;

/** Drawn again only where something of its own has changed: while scrolling, most rows stay as they are. */
export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { index: row, cells } = props;
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className="grid-row"
      style={{ transform: `translateY(${props.top}px)`, width: props.width }}
    >
      <span className="grid-row-number" aria-hidden data-row={row} style={{ width: props.gutterPx }}>
        {row + 1}
      </span>
      {props.columns.map(({ index: column, start: left, size }) => {
        const cell = cells?.[column];
        const isActive = props.activeColumn === column;
        const isSelected = column >= props.selectedFrom && column <= props.selectedTo;
        const text = describeCell(cell, cells === undefined);
        return (
          <div
            key={column}
            id={`${props.baseId}-${row}-${column}`}
            role="gridcell"
            aria-colindex={column + 1}
            aria-selected={isSelected}
            data-row={row}
            data-column={column}
            className={classOf(cell, props.numeric[column] === true, isSelected, isActive)}
            style={{ left, width: size }}
            title={text}
          >
            {text}
          </div>
        );
      })}
    </div>
  );
});

function describeCell(cell: Cell | undefined, isComing: boolean): string {
  if (isComing) return copy.result.comingCell;
  return cell === null ? copy.result.nullCell : cellText(cell).slice(0, drawnCharacters);
}

function classOf(cell: Cell | undefined, numeric: boolean, selected: boolean, active: boolean): string {
  const quiet = cell === null ? ' null' : cell === undefined ? ' coming' : '';
  return `grid-cell${quiet}${numeric ? ' number' : ''}${selected ? ' selected' : ''}${active ? ' active' : ''}`;
}
