import type { IntrospectOptions, ReadRows } from './introspect.ts';
import type { ValueSample } from './find-hints.ts';

const maxValues = 100;
const maxValueLength = 60;
/** Shorter shares of distinct values than this are categories; above it a column is names, texts or codes. */
const maxDistinctShare = 0.5;
const maxColumns = 2_000;

/**
 * What PostgreSQL's statistics know of text columns, and the labels of enums. pg_stats shows a role only what it may
 * read. In a small column (100 distinct values at most) most common values and histogram bounds together are all.
 */
const samplesSql = `
SELECT coalesce(json_agg(found), '[]')::text AS document
FROM (
  SELECT s.schemaname AS namespace, s.tablename AS table, s.attname AS column,
         CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * greatest(c.reltuples, 0) ELSE s.n_distinct END AS distinct_count,
         CASE WHEN s.n_distinct < 0 THEN -s.n_distinct
              ELSE s.n_distinct / greatest(c.reltuples, 1) END AS distinct_share,
         to_json(s.most_common_vals::text::text[]) AS common,
         CASE WHEN s.avg_width <= $1 THEN to_json(s.histogram_bounds::text::text[]) END AS bounds,
         NULL::json AS labels
  FROM pg_stats AS s
  JOIN pg_namespace AS n ON n.nspname = s.schemaname
  JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
  JOIN pg_type AS t ON t.oid = a.atttypid
  WHERE t.typcategory = 'S'
    AND NOT c.relispartition
    AND s.schemaname <> 'information_schema'
    AND s.schemaname NOT LIKE 'pg\\_%'
    -- A parent has statistics of itself and of the whole tree: the whole tree's count.
    AND (s.inherited OR NOT EXISTS (
      SELECT FROM pg_stats AS tree
      WHERE tree.schemaname = s.schemaname AND tree.tablename = s.tablename
        AND tree.attname = s.attname AND tree.inherited))
  UNION ALL
  SELECT n.nspname, c.relname, a.attname, 0, 0, NULL, NULL,
         (SELECT json_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum AS e
          WHERE e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid))
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type AS t ON t.oid = a.atttypid
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT c.relispartition
    AND n.nspname NOT LIKE 'pg\\_%'
    AND EXISTS (SELECT FROM pg_enum AS e WHERE e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid))
    AND has_schema_privilege(n.oid, 'USAGE')
    AND has_column_privilege(c.oid, a.attnum, 'SELECT')
  ORDER BY 1, 2, 3
  LIMIT ${maxColumns}
) AS found`;

interface FoundColumn {
  namespace: string;
  table: string;
  column: string;
  distinct_count: number;
  distinct_share: number;
  common: string[] | null;
  bounds: string[] | null;
  labels: string[] | null;
}

/**
 * Values that text and enum columns are known to hold, from the server's own statistics: at most 100 a column, none
 * longer than 60 characters, no columns of free text or of nearly unique values. Empty where nothing was analysed.
 */
export async function readValueSamples(
  read: ReadRows,
  options: IntrospectOptions = {},
): Promise<ValueSample[]> {
  options.signal?.throwIfAborted();
  const [row] = await read(samplesSql, [maxValueLength]);
  options.signal?.throwIfAborted();
  const found = JSON.parse(String(row?.['document'])) as FoundColumn[];
  return found.flatMap((column) => {
    const values = chooseValues(column);
    if (values.length === 0) return [];
    return [{ namespace: column.namespace, table: column.table, column: column.column, values }];
  });
}

function chooseValues(column: FoundColumn): string[] {
  if (column.labels !== null) return column.labels;
  const known = [...(column.common ?? [])];
  if (column.distinct_count <= maxValues) known.push(...(column.bounds ?? []));
  else if (column.distinct_share > maxDistinctShare) return [];
  const usable = known.filter((value) => value.trim() !== '' && value.length <= maxValueLength);
  return [...new Set(usable)].slice(0, maxValues);
}
