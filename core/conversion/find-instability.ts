import { answerOnSqlite, compareAnswers } from './answers.ts';
import { breakTies, isOrdered } from './break-ties.ts';
import type { ReasonClass } from '../contract/dataset.ts';
import type { Answer } from './answers.ts';
import type { GoldRunner } from '../spider/index.ts';

export interface Instability {
  reasonClass: Extract<ReasonClass, 'tie' | 'arbitrary-row'>;
  /** One sentence: what was tried, and what changed. */
  reason: string;
}

/**
 * Whether SQLite itself answers otherwise when it visits the rows of every table from last to first
 * (https://www.sqlite.org/pragma.html#pragma_reverse_unordered_selects): then no engine can be held to its answer.
 * If breaking ties makes the answer stay, it is a tie; else it takes values from an arbitrary row.
 */
export function findInstability(
  gold: GoldRunner,
  sqliteSql: string,
  expected: Answer,
): Instability | undefined {
  const ordered = isOrdered(sqliteSql);
  const changed = countChanged(gold, sqliteSql, expected, ordered);
  if (changed === undefined || changed === 0) return undefined;
  const what =
    `SQLite itself answers otherwise when it reads its tables backwards ` +
    `(${changed} of ${expected.rows.length} rows change)`;
  const broken = breakTies(sqliteSql, expected.outputs, 'sqlite');
  const stable = broken.places === 0 ? undefined : answerOnSqlite(gold, broken.sql);
  if (stable !== undefined && !('error' in stable) && countChanged(gold, broken.sql, stable, ordered) === 0) {
    return { reasonClass: 'tie', reason: `${what}: rows tie in an order on which the answer depends.` };
  }
  return {
    reasonClass: 'arbitrary-row',
    reason: `${what}: it shows values of whichever row of a group it meets.`,
  };
}

/** How many rows the answer loses or moves when the scans are reversed; undefined where SQLite refuses then. */
function countChanged(gold: GoldRunner, sql: string, expected: Answer, ordered: boolean): number | undefined {
  const reversed = answerReversed(gold, sql);
  if ('error' in reversed) return undefined;
  if (compareAnswers(expected, reversed, { ordered })) return 0;
  const left = new Map<string, number>();
  for (const row of reversed.rows) left.set(row, (left.get(row) ?? 0) + 1);
  const lost = expected.rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  }).length;
  return lost > 0 ? lost : expected.rows.filter((row, index) => row !== reversed.rows[index]).length || 1;
}

function answerReversed(gold: GoldRunner, sql: string): ReturnType<typeof answerOnSqlite> {
  gold.run('PRAGMA reverse_unordered_selects = ON');
  try {
    return answerOnSqlite(gold, sql);
  } finally {
    gold.run('PRAGMA reverse_unordered_selects = OFF');
  }
}
