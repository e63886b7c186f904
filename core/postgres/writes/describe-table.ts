import pg from 'pg';
import { AppError } from '../../contract/index.ts';
import type { ResultColumn, SideEffect } from '../../contract/index.ts';
import type { WriteStatement } from '../../sql/index.ts';

/** The table that a write changes. */
export interface WrittenTable {
  oid: number;
  /** As PostgreSQL prints it: with its schema where that is not on the search path. */
  name: string;
  columns: ResultColumn[];
  primaryKey: string[];
  /** 180004 for 18.4. */
  serverVersion: number;
}

const tableSql = `
  SELECT c.oid, c.oid::regclass::text AS name, c.relkind AS kind, n.nspname AS namespace,
    current_setting('server_version_num')::int AS version,
    EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') AS has_rules,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod))
       ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT json_agg(a.attname ORDER BY a.attnum)
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indrelid = c.oid AND i.indisprimary) AS key
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass($1)`;

interface TableRow {
  oid: number;
  name: string;
  kind: string;
  namespace: string;
  version: number;
  has_rules: boolean;
  columns: ResultColumn[] | null;
  key: string[] | null;
}

/** Throws SQL_EXECUTION for an unknown table, SQL_NOT_READ_ONLY for one whose change cannot be shown or undone. */
export async function describeTable(client: pg.Client, write: WriteStatement): Promise<WrittenTable> {
  const path = [write.schema, write.table].filter((part) => part !== undefined);
  const written = path.map(pg.escapeIdentifier).join('.');
  const { rows } = await client.query<TableRow>(tableSql, [written]);
  const [row] = rows;
  if (row === undefined) {
    throw new AppError('SQL_EXECUTION', `relation "${path.join('.')}" does not exist`, {
      hint: 'Check the name of the table in the schema.',
    });
  }
  const reason = findReason(row);
  if (reason !== undefined) {
    throw new AppError('SQL_NOT_READ_ONLY', `${row.name} ${reason}.`, {
      hint: row.kind === 'v' ? 'Name the table that it reads.' : 'Change it with a tool of its own.',
      details: { guard: true },
    });
  }
  return {
    ...{ oid: row.oid, name: row.name, serverVersion: row.version },
    columns: row.columns ?? [],
    primaryKey: row.key ?? [],
  };
}

function findReason({ kind, namespace, has_rules }: TableRow): string | undefined {
  if (
    namespace === 'information_schema' ||
    namespace.startsWith('pg_catalog') ||
    namespace.startsWith('pg_toast')
  ) {
    return 'belongs to the system catalogue';
  }
  if (kind === 'f') return 'is a foreign table: its rows lie on another server';
  if (kind === 'v') return 'is a view: what a change does to the tables below it is not followed';
  if (!['r', 'p'].includes(kind)) return 'is no table whose rows can be changed';
  return has_rules ? 'has rules, which rewrite the statement' : undefined;
}

/** $1: the table; $2: bits of the events (INSERT 4, DELETE 8, UPDATE 16); $3: names that may be functions. */
const effectsSql = `
  WITH RECURSIVE parts AS (
    SELECT $1::oid AS oid
    UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN parts p ON i.inhparent = p.oid
  ), cascades AS (
    SELECT k.conrelid AS oid, k.conname, CASE WHEN $2::int & 8 <> 0 AND k.confdeltype = 'c' THEN 8 ELSE 16 END AS events
    FROM pg_catalog.pg_constraint k JOIN parts p ON k.confrelid = p.oid
    WHERE k.contype = 'f' AND ($2::int & 8 <> 0 AND k.confdeltype IN ('c', 'n', 'd')
      OR $2::int & 16 <> 0 AND k.confupdtype IN ('c', 'n', 'd'))
    UNION
    SELECT k.conrelid, k.conname, CASE WHEN c.events & 8 <> 0 AND k.confdeltype = 'c' THEN 8 ELSE 16 END
    FROM pg_catalog.pg_constraint k JOIN cascades c ON k.confrelid = c.oid
    WHERE k.contype = 'f' AND (c.events & 8 <> 0 AND k.confdeltype IN ('c', 'n', 'd')
      OR c.events & 16 <> 0 AND k.confupdtype IN ('c', 'n', 'd'))
  ), written AS (
    SELECT oid, $2::int AS events FROM parts UNION SELECT oid, events FROM cascades
  ), triggers AS (
    SELECT DISTINCT t.tgname, t.tgrelid, t.tgfoid
    FROM pg_catalog.pg_trigger t JOIN written w ON w.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled NOT IN ('D', 'R') AND t.tgtype::int & w.events <> 0
  ), called AS (
    SELECT tgfoid AS oid FROM triggers
    UNION
    SELECT f.oid FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    WHERE lower(f.proname) = ANY ($3::text[]) AND f.provolatile = 'v' AND n.nspname <> 'pg_catalog'
  )
  SELECT 'sequence' AS kind, s.oid::regclass::text AS name, NULL AS detail, true AS survives
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class s ON s.relkind = 'S' AND (
      d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid
        AND d.objid IN (SELECT a.oid FROM pg_catalog.pg_attrdef a JOIN parts p ON p.oid = a.adrelid)
      OR d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'i' AND d.refobjid IN (SELECT oid FROM parts))
  WHERE $2::int & 4 <> 0
  UNION
  SELECT 'trigger', tgname, tgrelid::regclass::text, false FROM triggers
  UNION
  SELECT 'cascade', oid::regclass::text, conname, false FROM cascades
  UNION
  SELECT 'function', oid::regprocedure::text, NULL, false FROM called WHERE oid NOT IN (SELECT tgfoid FROM triggers)
  UNION
  SELECT 'sequence', f.oid::regprocedure::text, 'nextval', true
  FROM called JOIN pg_catalog.pg_proc f USING (oid) WHERE f.prosrc ~* '\\m(nextval|setval)\\M'
  UNION
  SELECT 'notification', f.oid::regprocedure::text, NULL, false
  FROM called JOIN pg_catalog.pg_proc f USING (oid) WHERE f.prosrc ~* '\\m(pg_)?notify\\M'
  UNION
  SELECT 'outside', f.oid::regprocedure::text, l.lanname, true
  FROM called JOIN pg_catalog.pg_proc f USING (oid) JOIN pg_catalog.pg_language l ON l.oid = f.prolang
  WHERE l.lanname IN ('c', 'internal') AND f.oid NOT IN (
      SELECT d.objid FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
    OR NOT l.lanpltrusted AND l.lanname NOT IN ('c', 'internal')
    OR f.prosrc ~* '\\m(dblink|dblink_\\w+|pg_background_\\w+|http|http_\\w+|lo_export|lo_import|pg_file_write)\\M'
    OR f.prosrc ~* '\\mcopy\\M.*\\mprogram\\M'
  ORDER BY 1, 2`;

interface EffectRow {
  kind: SideEffect['kind'];
  name: string;
  detail: string | null;
  survives: boolean;
}

/** What a write does besides changing the rows of its table, as far as the catalogue tells. */
export async function findSideEffects(
  client: pg.Client,
  table: WrittenTable,
  { kind, updatesToo, functions }: WriteStatement,
): Promise<SideEffect[]> {
  const events = { insert: 4, delete: 8, update: 16 }[kind] | (updatesToo ? 16 : 0);
  const { rows } = await client.query<EffectRow>(effectsSql, [table.oid, events, functions]);
  return rows.map(({ kind: effect, name, detail, survives }) => ({
    ...{ kind: effect, name, survivesRollback: survives },
    ...(detail === null ? {} : { detail }),
  }));
}
