/** What an index reads and keeps of one connection at most. */
export interface ValueLimits {
  /** Distinct values of a column, the commonest; and of all columns. */
  valuesPerColumn: number;
  values: number;
  /** Bytes of all values in UTF-8. */
  bytes: number;
  /** Columns read. */
  columns: number;
  /** Characters of a value: longer ones are prose. */
  valueLength: number;
  /** Rows of a table that are looked at; of a larger one a sample of about so many. */
  rows: number;
  /** Milliseconds for one column's statement, and for all. */
  columnMs: number;
  totalMs: number;
}

export const defaultValueLimits: ValueLimits = {
  valuesPerColumn: 5_000,
  values: 50_000,
  bytes: 4 * 1024 * 1024,
  columns: 1_000,
  valueLength: 80,
  rows: 1_000_000,
  columnMs: 5_000,
  totalMs: 120_000,
};
