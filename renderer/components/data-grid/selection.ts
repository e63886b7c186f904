export interface CellPosition {
  row: number;
  column: number;
}

/** The active cell, and the other corner of the selection. */
export interface GridSelection {
  active: CellPosition;
  anchor: CellPosition;
}

export interface CellRange {
  fromRow: number;
  toRow: number;
  fromColumn: number;
  toColumn: number;
}

export interface GridSize {
  rows: number;
  columns: number;
  /** Rows that PageUp and PageDown move by. */
  pageRows: number;
}

export interface GridKey {
  key: string;
  shift: boolean;
  /** Ctrl, or Cmd on a Mac. */
  mod: boolean;
}

export function rangeOf({ active, anchor }: GridSelection): CellRange {
  return {
    fromRow: Math.min(active.row, anchor.row),
    toRow: Math.max(active.row, anchor.row),
    fromColumn: Math.min(active.column, anchor.column),
    toColumn: Math.max(active.column, anchor.column),
  };
}

export function contains(range: CellRange, { row, column }: CellPosition): boolean {
  return row >= range.fromRow && row <= range.toRow && column >= range.fromColumn && column <= range.toColumn;
}

/** Everything; the active cell is the first, so that nothing scrolls away. */
export function wholeGrid({ rows, columns }: GridSize): GridSelection {
  return { anchor: { row: rows - 1, column: columns - 1 }, active: { row: 0, column: 0 } };
}

/** A whole row, or with `extend` the rows from the anchor on. */
export function selectRow(
  selection: GridSelection,
  row: number,
  extend: boolean,
  size: GridSize,
): GridSelection {
  const from = extend ? selection.anchor.row : row;
  return { anchor: { row: from, column: size.columns - 1 }, active: { row, column: 0 } };
}

/** A whole column, or with `extend` the columns from the anchor on. */
export function selectColumn(
  selection: GridSelection,
  column: number,
  extend: boolean,
  size: GridSize,
): GridSelection {
  const from = extend ? selection.anchor.column : column;
  return { anchor: { row: size.rows - 1, column: from }, active: { row: 0, column } };
}

/**
 * Where a key leads: arrows, Home and End in the row (with Ctrl in the whole grid), PageUp and PageDown; Shift extends
 * the selection. @returns undefined when the key means nothing here
 */
export function moveSelection(
  selection: GridSelection,
  { key, shift, mod }: GridKey,
  size: GridSize,
): GridSelection | undefined {
  const moved = moveCell(selection.active, key, mod, size);
  if (!moved) return undefined;
  const active = {
    row: Math.min(Math.max(moved.row, 0), size.rows - 1),
    column: Math.min(Math.max(moved.column, 0), size.columns - 1),
  };
  return { active, anchor: shift ? selection.anchor : active };
}

function moveCell(
  { row, column }: CellPosition,
  key: string,
  mod: boolean,
  size: GridSize,
): CellPosition | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: mod ? 0 : row - 1, column };
    case 'ArrowDown':
      return { row: mod ? size.rows - 1 : row + 1, column };
    case 'ArrowLeft':
      return { row, column: mod ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: mod ? size.columns - 1 : column + 1 };
    case 'Home':
      return { row: mod ? 0 : row, column: 0 };
    case 'End':
      return { row: mod ? size.rows - 1 : row, column: size.columns - 1 };
    case 'PageUp':
      return { row: row - size.pageRows, column };
    case 'PageDown':
      return { row: row + size.pageRows, column };
    default:
      return undefined;
  }
}
