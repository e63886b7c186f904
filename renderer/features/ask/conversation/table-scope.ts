import type { DatabaseSchema, LinkedTable, TableScope } from '../../../../core/contract/index.ts';

export type ScopeChoice = 'usual' | 'taken' | 'left';

export interface ScopedTable {
  /** `namespace.name`, as a scope names it. */
  key: string;
  /** Without the namespace where the search path finds it. */
  title: string;
  columns: { name: string; score?: number }[];
  choice: ScopeChoice;
  /** As the last question ranked it, from 1. */
  rank?: number;
  score?: number;
  isInPrompt: boolean;
}

/** All tables of the database, those that the last question ranked first. */
export function listTables(
  { tables, searchPath }: DatabaseSchema,
  linked: readonly LinkedTable[] = [],
  { include = [], exclude = [] }: TableScope,
): ScopedTable[] {
  const ranks = new Map(linked.map((table, at) => [`${table.namespace}.${table.name}`, { table, at }]));
  const listed = tables.map(({ namespace, name, columns }): ScopedTable => {
    const key = `${namespace}.${name}`;
    const found = ranks.get(key);
    return {
      key,
      title: searchPath.includes(namespace) ? name : key,
      columns:
        found && found.table.columns.length > 0
          ? found.table.columns
          : columns.map((one) => ({ name: one.name })),
      choice: exclude.includes(key) ? 'left' : include.includes(key) ? 'taken' : 'usual',
      ...(found ? { rank: found.at + 1, score: found.table.score } : {}),
      isInPrompt: found?.table.isInPrompt ?? false,
    };
  });
  return listed.toSorted(
    (a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || a.title.localeCompare(b.title),
  );
}

export function chooseTable(
  { include = [], exclude = [] }: TableScope,
  key: string,
  choice: ScopeChoice,
): TableScope {
  const others = (names: readonly string[]) => names.filter((name) => name !== key);
  return {
    include: choice === 'taken' ? [...others(include), key] : others(include),
    exclude: choice === 'left' ? [...others(exclude), key] : others(exclude),
  };
}
