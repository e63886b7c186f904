import type { DatasetDatabase } from '../../../../core/contract/index.ts';

export const databaseColumns = ['dbId', 'splits', 'tables', 'columns', 'rows', 'pairs', 'verified'] as const;
export type DatabaseColumn = (typeof databaseColumns)[number];

export interface DatabaseSort {
  by: DatabaseColumn;
  descending: boolean;
}

const proven = ['verified', 'verified-on-generated-rows'];

/** Pairs that the dataset has examples of. */
export function countVerified({ byOutcome }: DatasetDatabase): number {
  return proven.reduce((total, outcome) => total + (byOutcome[outcome] ?? 0), 0);
}

function keyOf(database: DatasetDatabase, by: DatabaseColumn): string | number | undefined {
  if (by === 'verified') return database.pairs === 0 ? undefined : countVerified(database) / database.pairs;
  return by === 'splits' ? database.splits.join() : database[by];
}

/** What is not known comes last, in either direction; equals go by name. */
export function sortDatabases(
  databases: readonly DatasetDatabase[],
  { by, descending }: DatabaseSort,
): DatasetDatabase[] {
  const sign = descending ? -1 : 1;
  return databases.toSorted((left, right) => {
    const [a, b] = [keyOf(left, by), keyOf(right, by)];
    if (a === b) return left.dbId < right.dbId ? -1 : 1;
    if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
    return (a < b ? -1 : 1) * sign;
  });
}
