import { normaliseCell } from '../../generation/index.ts';
import { equalResults } from '../compare-results.ts';
import type { QueryResult } from '../../contract/index.ts';

/** A gold answer as far as it is defined. */
export interface DefinedAnswer {
  result: QueryResult;
  /** For each row the number of its run: rows of one run tie in the gold's order. Undefined where no order counts. */
  runs: number[] | undefined;
}

/**
 * What two answers to an ordered query have in common whose ties were broken in opposite ways: undefined where a tie
 * decides which rows there are. Within a run rows stand in ascending order in one answer and in descending order in
 * the other, so a run ends wherever both have given the same rows so far.
 */
export function findRuns(ascending: QueryResult, descending: QueryResult): number[] | undefined {
  if (ascending.truncated || ascending.rows.length !== descending.rows.length) return undefined;
  const [left, right] = [rowTexts(ascending), rowTexts(descending)];
  const open = new Map<string, number>();
  const count = (text: string, step: number) => {
    const sum = (open.get(text) ?? 0) + step;
    if (sum === 0) open.delete(text);
    else open.set(text, sum);
  };
  let run = 0;
  const runs = left.map((text, index) => {
    const own = run;
    count(text, 1);
    count(right[index] ?? '', -1);
    if (open.size === 0) run += 1;
    return own;
  });
  return open.size === 0 ? runs : undefined;
}

/** Whether a result is a defined answer: the same rows as often, and in its order where one counts; ties come either way. */
export function isAnswer({ result, runs }: DefinedAnswer, given: QueryResult): boolean {
  if (runs === undefined) return equalResults(result, given, { ordered: false });
  if (runs.every((run, index) => run === index)) return equalResults(result, given, { ordered: true });
  return equalResults(withRuns(result, runs), withRuns(given, runs), { ordered: false });
}

/** The run as a column of its own, so that only rows of the same run are the same. */
function withRuns(result: QueryResult, runs: number[]): QueryResult {
  return {
    ...result,
    columns: [...result.columns, { name: 'run', type: 'text' }],
    rows: result.rows.map((row, index) => [...row, `run ${runs[index] ?? 'beyond'}`]),
  };
}

/** Whether an answer tells anything: a row that is not just zeros and NULLs. A lone count of 0 tells nothing. */
export function isTelling({ rows }: QueryResult): boolean {
  return rows.some((row) => row.some((cell) => cell !== null && Number(cell === '' ? 'text' : cell) !== 0));
}

function rowTexts({ rows, columns }: QueryResult): string[] {
  return rows.map((row) =>
    JSON.stringify(row.map((cell, index) => normaliseCell(cell, columns[index]?.type ?? 'text'))),
  );
}
