import { answerOnSqlite, compareAnswers } from './answers.ts';
import { breakTies, isOrdered } from './break-ties.ts';
import { isExcusedByArbitraryRow } from './excuse-values.ts';
import { reorderings } from './reorder-rows.ts';
import type { ReasonClass } from '../contract/dataset.ts';
import type { Answer } from './answers.ts';
import type { Proof } from './prove.ts';
import type { GoldRunner } from '../spider/index.ts';
import type { Reordering } from './reorder-rows.ts';

export interface Instability {
  reasonClass: Extract<ReasonClass, 'tie' | 'arbitrary-row'>;
  /** One sentence: what was tried, and what changed. */
  reason: string;
}

/**
 * Whether SQLite itself answers otherwise when it comes by the same rows in another order: then no engine can be held
 * to its answer. If breaking ties makes the answer stay, it is a tie; else it takes values from an arbitrary row.
 */
export function findInstability(
  gold: GoldRunner,
  sqliteSql: string,
  expected: Answer,
): Instability | undefined {
  for (const reordering of reorderings) {
    const changed = countChanged(reordering, gold, sqliteSql, expected);
    if (changed > 0) return describe(reordering, gold, sqliteSql, { expected, changed });
  }
  return undefined;
}

function describe(
  reordering: Reordering,
  gold: GoldRunner,
  sqliteSql: string,
  { expected, changed }: { expected: Answer; changed: number },
): Instability {
  const size = expected.rows.length;
  const what = `SQLite itself answers otherwise when ${reordering.when} (${changed} of ${size} rows change)`;
  if (isStableWithoutTies(reordering, gold, sqliteSql, expected.outputs)) {
    return { reasonClass: 'tie', reason: `${what}: rows tie in an order on which the answer depends.` };
  }
  const why = 'the answer depends on which row of a group it meets';
  return { reasonClass: 'arbitrary-row', reason: `${what}: ${why}.` };
}

function isStableWithoutTies(
  reordering: Reordering,
  gold: GoldRunner,
  sqliteSql: string,
  outputs: number,
): boolean {
  const broken = breakTies(sqliteSql, outputs, 'sqlite');
  if (broken.places === 0) return false;
  const answer = answerOnSqlite(gold, broken.sql);
  return !('error' in answer) && countChanged(reordering, gold, broken.sql, answer) === 0;
}

/**
 * Why the answers differ, where the query rather than its rewriting is the cause. A tie is none where the answers
 * differ even with ties broken alike, an arbitrary row none where more differs than the values that it gives.
 */
export function explainDifference(
  gold: GoldRunner,
  { sqliteSql, hasChoice }: { sqliteSql: string; hasChoice: boolean },
  expected: Answer,
  proof: Proof,
): Instability | undefined {
  const found = findInstability(gold, sqliteSql, expected);
  if (found?.reasonClass === 'tie' && proof.differsWithoutTies === true) return undefined;
  if (found?.reasonClass === 'tie' || (found === undefined && !hasChoice)) return found;
  if (proof.actual !== undefined && !isExcusedByArbitraryRow(sqliteSql, expected, proof.actual))
    return undefined;
  return found ?? { reasonClass: 'arbitrary-row', reason: arbitraryRowReason };
}

/** For a bare column that no key ties to its group, where the reorderings happen to meet the same row. */
const arbitraryRowReason =
  'A column stands outside GROUP BY and aggregates, and no key ties it to its group: SQLite shows an arbitrary ' +
  "row's value (https://www.sqlite.org/lang_select.html#bareagg).";

/** How many rows the answer loses or moves; 0 where SQLite refuses the reordered query. */
function countChanged(reordering: Reordering, gold: GoldRunner, sql: string, expected: Answer): number {
  const answer = reordering.ask(gold, sql);
  if ('error' in answer || compareAnswers(expected, answer, { ordered: isOrdered(sql) })) return 0;
  const left = new Map<string, number>();
  for (const row of answer.rows) left.set(row, (left.get(row) ?? 0) + 1);
  const lost = expected.rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  }).length;
  return lost > 0
    ? lost
    : Math.max(1, expected.rows.filter((row, index) => row !== answer.rows[index]).length);
}
