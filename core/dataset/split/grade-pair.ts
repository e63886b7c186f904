import { AppError, type DatabaseSchema, type Hardness } from '../../contract/index.ts';
import { toPostgresTokens } from '../../conversion/rewrite-lexical.ts';
import { hardnessOf } from '../../sql/index.ts';
import type { ChosenPair } from '../format/choose-pairs.ts';

/**
 * A pair's hardness by its gold query as published, only spelled so that it can be read: what the rewriting for
 * PostgreSQL adds says nothing about how hard the question is. A corrected SQL is graded itself.
 * A gold query that PostgreSQL's grammar does not read in its own words is graded by its rewriting.
 * @throws AppError SQL_SYNTAX where neither is one SELECT
 */
export async function gradePair(
  { pair, sql, override }: ChosenPair,
  schema: DatabaseSchema,
): Promise<Hardness> {
  if (override?.sql !== undefined) return hardnessOf(sql);
  const names = namesOf(schema);
  try {
    return await hardnessOf(toPostgresTokens(pair.sqliteSql, (name) => names.has(name)));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SQL_SYNTAX') throw error;
    return hardnessOf(pair.sql);
  }
}

const known = new WeakMap<DatabaseSchema, ReadonlySet<string>>();

function namesOf(schema: DatabaseSchema): ReadonlySet<string> {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const names = new Set(
    schema.tables.flatMap((table) => [table.name, ...table.columns.map((column) => column.name)]),
  );
  known.set(schema, names);
  return names;
}
