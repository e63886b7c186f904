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
  const contents = (columns: readonly string[][]) => columns.map((cells) => joinCells(cells.toSorted()));
  if (!sameMultiset(contents(goldColumns), contents(predictedColumns))) return false;
  return matchColumns(goldColumns, predictedColumns, sameMultiset);
}

/**
 * Whether a result is one of those that a query leaves open: rows of equal sort keys in any order, and of those that
 * tie at the LIMIT any. The columns may come in any order.
 * @param whole the gold rows without their LIMIT, in order, the last `keys` columns being the sort keys
 * @param count rows that the gold query itself gives
 */
export function isAmongTies(
  whole: QueryResult,
  keys: number,
  count: number,
  predicted: QueryResult,
): boolean {
  if (whole.truncated || predicted.truncated || predicted.rows.length !== count) return false;
  const columns = columnsOf(whole);
  const outputs = columns.slice(0, columns.length - keys);
  if (outputs.length !== predicted.columns.length || whole.rows.length < count) return false;
  const keyColumns = columns.slice(columns.length - keys);
  const groups = whole.rows.map((_, row) => joinCells(keyColumns.map((cells) => cells[row] ?? '')));
  const blocks = divide(groups, count);
  return matchColumns(outputs, columnsOf(predicted), (gold, rows) =>
    blocks.every(({ start, end, taken }) =>
      isPartOf(rows.slice(start, start + taken), gold.slice(start, end)),
    ),
  );
}

interface Block {
  start: number;
  end: number;
  /** Of its rows so many are in the answer: fewer than all in the one that a LIMIT cuts. */
  taken: number;
}

/** Neighbours of equal keys, as far as the answer reaches. */
function divide(groups: readonly string[], count: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < count;) {
    let end = start + 1;
    while (end < groups.length && groups[end] === groups[start]) end += 1;
    blocks.push({ start, end, taken: Math.min(end, count) - start });
    start = end;
  }
  return blocks;
}

function isPartOf(rows: readonly string[], all: readonly string[]): boolean {
  const left = new Map<string, number>();
  for (const row of all) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.every((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count > 0;
  });
}

/** Cells by column, normalised. */
function columnsOf(result: QueryResult): string[][] {
  return result.columns.map(({ type }, column) =>
    result.rows.map((row) => normaliseCell(row[column] ?? null, type)),
  );
}

/**
 * Looks for an order of the predicted columns in which the rows fit. Columns are placed one by one; the rows as far
 * as they are placed must fit already, so hardly any order is tried in full; of equal columns only the first is tried.
 */
function matchColumns(
  gold: readonly string[][],
  predicted: readonly string[][],
  fit: (goldRows: readonly string[], predictedRows: readonly string[]) => boolean,
): boolean {
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
      return fit(wanted, rows) && place(column + 1, wanted, rows, free.toSpliced(index, 1));
    });
  };
  return place(0, emptyRows(gold), emptyRows(predicted), predicted);
}

function emptyRows([first = []]: readonly string[][]): string[] {
  return first.map(() => '');
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
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
