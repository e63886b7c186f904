import type { Cell } from '../../../core/contract/index.ts';

/** Rows of a grid of which some may not be here yet. A new object says that something has changed. */
export interface GridRows {
  /** How many can be scrolled to. */
  count: number;
  /** Undefined where it is not here yet. */
  at(index: number): Cell[] | undefined;
  /** Told what is on show, so that it can be fetched. `to` is exclusive. */
  show?(from: number, to: number): void;
  /** Rows for copying, fetched where they are not here. Rejects where they are too many. */
  read(from: number, to: number): Promise<Cell[][]>;
}

/** Rows that are all here. */
export function wholeRows(rows: Cell[][]): GridRows {
  return {
    count: rows.length,
    at: (index) => rows[index],
    read: async (from, to) => rows.slice(from, to),
  };
}
