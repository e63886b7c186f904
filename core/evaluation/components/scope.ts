import type { DatabaseSchema } from '../../contract/index.ts';
import type { Expression, UsedColumn } from './query-parts.ts';

/** What names mean in a schema: tables' columns, and columns that foreign keys tie together. */
export interface NameFacts {
  columnsOf(table: string): ReadonlySet<string> | undefined;
  /** The name that stands for a `table.column` and all that are tied to it. */
  keyOf(column: string): string;
}

/** Kept by the caller for as long as it asks about one schema. */
export function readNames(schema: DatabaseSchema): NameFacts {
  const columns = new Map(
    schema.tables.map((table) => [
      table.name.toLowerCase(),
      new Set(table.columns.map(({ name }) => name.toLowerCase())),
    ]),
  );
  const tied = tieColumns(schema);
  return { columnsOf: (table) => columns.get(table), keyOf: (column) => tied.get(column) ?? column };
}

/** As `build_foreign_key_map` of Spider's evaluation: every column of a tied group by one of its names. */
function tieColumns(schema: DatabaseSchema): Map<string, string> {
  const groups = new Map<string, Set<string>>();
  const groupOf = (name: string) => groups.get(name) ?? new Set([name]);
  for (const table of schema.tables) {
    for (const key of table.foreignKeys) {
      for (const [index, column] of key.columns.entries()) {
        const from = `${table.name}.${column}`.toLowerCase();
        const to = `${key.targetTable}.${key.targetColumns[index] ?? ''}`.toLowerCase();
        const merged = new Set([...groupOf(from), ...groupOf(to)]);
        for (const name of merged) groups.set(name, merged);
      }
    }
  }
  return new Map([...groups].map(([name, group]) => [name, [...group].toSorted()[0] ?? name]));
}

/** The tables that names in one SELECT may mean, then those of the SELECTs around it. */
export interface Scope {
  names: NameFacts;
  /** Alias, or the table's own name → table; empty where it is a sub-query. */
  tables: Map<string, string>;
  /** Outputs by their names, which ORDER BY and GROUP BY may use. */
  outputs: Map<string, Expression>;
  outer: Scope | undefined;
}

export function openScope(names: NameFacts, outer?: Scope): Scope {
  return { names, tables: new Map(), outputs: new Map(), outer };
}

/** @param qualifier of the column as written, undefined where there is none */
export function resolveColumn(scope: Scope, qualifier: string | undefined, column: string): UsedColumn {
  const table = qualifier === undefined ? tableWith(scope, column) : tableNamed(scope, qualifier);
  const name = `${table ?? ''}.${column}`;
  return { table: table ?? '', key: scope.names.keyOf(name) };
}

function tableWith(scope: Scope, column: string): string | undefined {
  const tables = [...scope.tables.values()];
  const found = tables.find((table) => scope.names.columnsOf(table)?.has(column));
  if (found !== undefined) return found;
  // A sub-query's own output hides the tables around.
  if (tables.includes('') || scope.outer === undefined) return undefined;
  return tableWith(scope.outer, column);
}

function tableNamed(scope: Scope, alias: string): string | undefined {
  return scope.tables.get(alias) ?? (scope.outer && tableNamed(scope.outer, alias));
}
