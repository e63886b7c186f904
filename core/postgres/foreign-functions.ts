import type { StatementNames } from '../sql/index.ts';
import type { Database } from './database.ts';

/**
 * Functions and operators that a statement's names could mean although they are not PostgreSQL's own: whoever may
 * create functions can make a lower(varchar), and PostgreSQL prefers it to its own lower(text) for a varchar column.
 * Members of extensions are taken for what their names say, except behind a dot where they are volatile. A dotted
 * name that some table or view has as a column is taken for that column.
 */
const foreignSql = `
  SELECT n.nspname || '.' || p.proname || '()' AS name
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace,
    LATERAL (SELECT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass
      AND d.objid = p.oid AND d.deptype = 'e') AS from_extension) e
  WHERE n.nspname <> 'pg_catalog' AND p.prokind <> 'p' AND pg_catalog.pg_function_is_visible(p.oid) AND (
    p.proname = ANY ($1::name[]) AND NOT e.from_extension
    OR p.proname = ANY ($2::name[]) AND (NOT e.from_extension OR p.provolatile = 'v')
      AND (p.pronargs >= 1 AND p.pronargs - p.pronargdefaults <= 1 OR p.provariadic <> 0 AND p.pronargs <= 2)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE a.attname = p.proname AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relkind IN ('r', 'v', 'm', 'f', 'p', 'c')))
  UNION ALL
  SELECT n.nspname || '.' || o.oprname
  FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
  WHERE n.nspname <> 'pg_catalog' AND pg_catalog.pg_operator_is_visible(o.oid) AND o.oprname = ANY ($3::name[])
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_operator'::regclass
      AND d.objid = o.oid AND d.deptype = 'e')
  LIMIT 1`;

const lookTimeoutMs = 5_000;

/**
 * Says why a model's statement, allowed by the guard, must not run in this database: one of its names may mean a
 * function or an operator of the database's owner. Undefined where nothing speaks against it. Errors as `readRows`.
 */
export async function findForeignFunction(
  database: Pick<Database, 'readRows'>,
  names: StatementNames,
  signal?: AbortSignal,
): Promise<{ message: string; hint: string } | undefined> {
  const params = [names.functions, names.attributes, names.operators];
  if (params.every((list) => list.length === 0)) return undefined;
  const [found] = await database.readRows(foreignSql, params, { timeoutMs: lookTimeoutMs, signal });
  if (found === undefined) return undefined;
  return {
    message: `The statement may call ${String(found['name'])}, which is not one of PostgreSQL's own.`,
    hint: 'Read the statement; if you trust it, run it yourself.',
  };
}
