import type { VirtualItem } from '@tanstack/react-virtual';
import type { Cell } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { cellText } from '../../lib/format-rows.ts';
import { contains, type CellPosition, type CellRange } from './selection.ts';

interface GridRowProps {
  index: number;
  top: number;
  width: number;
  gutterPx: number;
  cells: Cell[];
  columns: VirtualItem[];
  isNumeric(column: number): boolean;
  active: CellPosition;
  range: CellRange;
  cellId(cell: CellPosition): string;
  onPick(cell: CellPosition, extend: boolean): void;
}

export function GridRow(props: GridRowProps) {
  const { index: row, active, range } = props;
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className="grid-row"
      style={{ transform: `translateY(${props.top}px)`, width: props.width }}
    >
      <span className="grid-row-number" aria-hidden style={{ width: props.gutterPx }}>
        {row + 1}
      </span>
      {props.columns.map(({ index: column, start: left, size }) => {
        const cell = props.cells[column];
        const isActive = active.row === row && active.column === column;
        const isSelected = contains(range, { row, column });
        const text = cell === null ? copy.result.nullCell : cellText(cell);
        return (
          <div
            key={column}
            id={props.cellId({ row, column })}
            role="gridcell"
            aria-colindex={column + 1}
            aria-selected={isSelected}
            className={[
              'grid-cell',
              cell === null ? 'null' : '',
              props.isNumeric(column) ? 'number' : '',
              isSelected ? 'selected' : '',
              isActive ? 'active' : '',
            ].join(' ')}
            style={{ left, width: size }}
            title={text}
            onPointerDown={(event) => props.onPick({ row, column }, event.shiftKey)}
            onPointerEnter={(event) => {
              if (event.buttons === 1) props.onPick({ row, column }, true);
            }}
          >
            {text}
          </div>
        );
      })}
    </div>
  );
}
