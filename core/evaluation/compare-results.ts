import type { QueryResult } from '../contract/index.ts';
import { normaliseCell } from '../generation/index.ts';

export interface CompareOptions {
  /** Whether the order of the rows is part of the answer. */
  ordered: boolean;
}

/**
 * Whether two results are the same answer, as `result_eq` of the Spider test suite decides it (Zhong et al. 2020):
 * the same rows the same number of times, in the same order where that counts, with the columns in any order.
 * NULL equals NULL alone; numbers are equal to 10 significant digits, whatever their types; a truncated result
 * equals nothing, as what was cut off is not known.
 */
export function equalResults(
  gold: QueryResult,
  predicted: QueryResult,
  { ordered }: CompareOptions,
): boolean {
  if (gold.truncated || predicted.truncated) return false;
  if (gold.columns.length !== predicted.columns.length || gold.rows.length !== predicted.rows.length)
    return false;
  const goldColumns = columnsOf(gold);
  const predictedColumns = columnsOf(predicted);
  if (ordered) return sameMultiset(goldColumns.map(joinCells), predictedColumns.map(joinCells));
  return matchColumns(goldColumns, predictedColumns);
}

/** Cells by column, normalised. */
function columnsOf(result: QueryResult): string[][] {
  return result.columns.map(({ type }, column) =>
    result.rows.map((row) => normaliseCell(row[column] ?? null, type)),
  );
}

/**
 * Looks for an order of the predicted columns that makes the rows the same multiset. Columns are placed one by one;
 * the rows as far as they are placed must be the same multiset already, so hardly any order is tried in full;
 * of equal columns only the first is tried.
 */
function matchColumns(gold: readonly string[][], predicted: readonly string[][]): boolean {
  const rowCount = gold[0]?.length ?? 0;
  const empty = Array.from({ length: rowCount }, () => '');
  const place = (
    column: number,
    goldRows: string[],
    predictedRows: string[],
    free: readonly string[][],
  ): boolean => {
    const next = gold[column];
    if (!next) return true;
    const wanted = appendCells(goldRows, next);
    return free.some((choice, index) => {
      if (free.slice(0, index).some((other) => joinCells(other) === joinCells(choice))) return false;
      const rows = appendCells(predictedRows, choice);
      return sameMultiset(wanted, rows) && place(column + 1, wanted, rows, free.toSpliced(index, 1));
    });
  };
  const contents = (columns: readonly string[][]) => columns.map((cells) => joinCells(cells.toSorted()));
  return sameMultiset(contents(gold), contents(predicted)) && place(0, empty, empty, predicted);
}

function appendCells(rows: readonly string[], cells: readonly string[]): string[] {
  return rows.map((row, index) => `${row}${JSON.stringify(cells[index])},`);
}

function joinCells(cells: readonly string[]): string {
  return JSON.stringify(cells);
}

function sameMultiset(left: readonly string[], right: readonly string[]): boolean {
  const a = left.toSorted();
  const b = right.toSorted();
  return a.every((value, index) => value === b[index]);
}
