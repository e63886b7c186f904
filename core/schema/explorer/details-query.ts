import { rowEstimate, visibleRelation } from '../introspect-queries.ts';

/**
 * Everything about tables that introspection leaves out, as one JSON document; works on 12 to 18. `$1` and `$2` are the
 * namespace and the name of one table, or both NULL for all. NULLS NOT DISTINCT came with 15.
 */
export const detailsSql = `
WITH relations AS MATERIALIZED (
  SELECT c.oid, n.nspname AS namespace, c.relname AS name, c.relkind AS kind, c.relowner AS owner,
         obj_description(c.oid, 'pg_class') AS comment,
         ${rowEstimate} AS row_estimate,
         has_table_privilege(c.oid, 'SELECT') AS whole
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE ${visibleRelation}
),
chosen AS MATERIALIZED (
  SELECT * FROM relations
  WHERE $1::text IS NULL OR (namespace = $1 AND name = $2::text)
),
sizes AS (
  SELECT c.oid, coalesce(sum(pg_total_relation_size(part.oid)), 0) AS total,
         coalesce(sum(pg_indexes_size(part.oid)), 0) AS indexes
  FROM chosen AS c
  CROSS JOIN LATERAL (
    SELECT c.oid WHERE c.kind IN ('r', 'm')
    UNION ALL
    SELECT tree.relid FROM pg_partition_tree(c.oid) AS tree WHERE c.kind = 'p' AND tree.isleaf) AS part (oid)
  GROUP BY c.oid
)
SELECT json_build_object(
  'tables', (
    SELECT coalesce(json_agg(json_build_object(
      'id', c.oid::text, 'namespace', c.namespace, 'name', c.name, 'kind', c.kind, 'comment', c.comment,
      'rowEstimate', c.row_estimate, 'owner', pg_get_userbyid(c.owner),
      'totalBytes', coalesce(s.total, 0), 'indexBytes', coalesce(s.indexes, 0),
      'viewDefinition', CASE WHEN c.kind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
      'partitionKey', CASE WHEN c.kind = 'p' THEN pg_get_partkeydef(c.oid) END,
      'partitions', (
        SELECT json_agg(format('%s.%s', pn.nspname, p.relname) ORDER BY pn.nspname, p.relname)
        FROM pg_inherits AS i JOIN pg_class AS p ON p.oid = i.inhrelid JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
        WHERE i.inhparent = c.oid AND c.kind = 'p')
      ) ORDER BY c.namespace, c.name), '[]')
    FROM chosen AS c LEFT JOIN sizes AS s ON s.oid = c.oid),
  'columns', (
    SELECT coalesce(json_agg(json_build_object(
      'table', c.oid::text, 'number', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'nullable', NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)),
      'comment', col_description(c.oid, a.attnum),
      'labels', (SELECT json_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum AS e
                 WHERE e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid)),
      'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
      'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
      'virtual', CASE WHEN a.attgenerated = 'v' THEN true END,
      'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by-default' END,
      'collation', CASE WHEN a.attcollation <> t.typcollation THEN (SELECT collname FROM pg_collation WHERE oid = a.attcollation) END
      ) ORDER BY c.oid, a.attnum), '[]')
    FROM chosen AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.whole OR has_column_privilege(c.oid, a.attnum, 'SELECT')),
  'statistics', (
    SELECT coalesce(json_agg(json_build_object(
      'table', c.oid::text, 'column', s.attname, 'distinct', s.n_distinct, 'nullFraction', s.null_frac,
      'averageBytes', s.avg_width)), '[]')
    FROM chosen AS c
    JOIN pg_stats AS s ON s.schemaname = c.namespace AND s.tablename = c.name AND s.inherited = (c.kind = 'p')),
  'constraints', (
    SELECT coalesce(json_agg(json_build_object(
      'table', k.conrelid::text, 'name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid),
      'validated', k.convalidated, 'deferrable', k.condeferrable, 'comment', obj_description(k.oid, 'pg_constraint'),
      'target', k.confrelid::text, 'namespace', r.namespace, 'tableName', r.name,
      'columns', (SELECT json_agg(a.attname ORDER BY p.place)
        FROM unnest(k.conkey) WITH ORDINALITY AS p (number, place)
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = p.number),
      'targetColumns', (SELECT json_agg(a.attname ORDER BY p.place)
        FROM unnest(k.confkey) WITH ORDINALITY AS p (number, place)
        JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = p.number),
      'targetNamespace', tr.namespace, 'targetName', tr.name
      ) ORDER BY k.conname), '[]')
    FROM pg_constraint AS k
    JOIN relations AS r ON r.oid = k.conrelid
    LEFT JOIN relations AS tr ON tr.oid = k.confrelid
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0
      AND (k.conrelid IN (SELECT oid FROM chosen) OR k.confrelid IN (SELECT oid FROM chosen))),
  'indexes', (
    SELECT coalesce(json_agg(json_build_object(
      'table', i.indrelid::text, 'name', ic.relname, 'method', am.amname,
      'keys', (SELECT json_agg(pg_get_indexdef(i.indexrelid, g, true) ORDER BY g) FROM generate_series(1, i.indnkeyatts) AS g),
      'included', (SELECT json_agg(pg_get_indexdef(i.indexrelid, g, true) ORDER BY g)
        FROM generate_series(i.indnkeyatts + 1, i.indnatts) AS g),
      'unique', i.indisunique, 'primary', i.indisprimary, 'predicate', pg_get_expr(i.indpred, i.indrelid),
      'valid', i.indisvalid AND i.indisready,
      'sizeBytes', (SELECT coalesce(sum(pg_relation_size(tree.relid)), 0) FROM pg_partition_tree(i.indexrelid) AS tree),
      'leafBytes', CASE WHEN ic.relkind = 'i' THEN pg_relation_size(i.indexrelid) END,
      'constraint', (SELECT conname FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') LIMIT 1),
      'nullsNotDistinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
      'definition', pg_get_indexdef(i.indexrelid),
      'comment', obj_description(i.indexrelid, 'pg_class')
      ) ORDER BY ic.relname), '[]')
    FROM pg_index AS i
    JOIN chosen AS c ON c.oid = i.indrelid
    JOIN pg_class AS ic ON ic.oid = i.indexrelid
    JOIN pg_am AS am ON am.oid = ic.relam),
  'triggers', (
    SELECT coalesce(json_agg(json_build_object(
      'table', t.tgrelid::text, 'name', t.tgname, 'enabled', t.tgenabled <> 'D', 'definition', pg_get_triggerdef(t.oid)
      ) ORDER BY t.tgname), '[]')
    FROM pg_trigger AS t JOIN chosen AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal)
)::text AS document`;

/** Sizes, how many indexes, and what is unique, of every table: what the overview and the diagram add. */
export const summarySql = `
SELECT json_build_object(
  'databaseBytes', pg_database_size(current_database()),
  'tables', (
    SELECT coalesce(json_agg(json_build_object(
      'namespace', n.nspname, 'table', c.relname,
      'totalBytes', CASE
        WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid)
        WHEN c.relkind = 'p' THEN (
          SELECT sum(pg_total_relation_size(tree.relid)) FROM pg_partition_tree(c.oid) AS tree WHERE tree.isleaf)
      END,
      'indexes', (SELECT count(*) FROM pg_index AS i WHERE i.indrelid = c.oid),
      'uniqueKeys', (
        SELECT json_agg(
          (SELECT json_agg(a.attname ORDER BY k.place)
           FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
           JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
           WHERE k.place <= i.indnkeyatts)
          ORDER BY i.indisprimary DESC, i.indexrelid)
        FROM pg_index AS i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL)
      ) ORDER BY n.nspname, c.relname), '[]')
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE ${visibleRelation})
)::text AS document`;

/** Sequences that fill a column by its default or identity, how far they are, and where they must end. */
export const sequencesSql = `
SELECT n.nspname AS namespace, c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type,
       s.sequencename AS sequence, s.schemaname AS sequence_namespace, s.last_value::text AS last_value,
       least(s.max_value, CASE a.atttypid
         WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE s.max_value END)::text AS maximum,
       s.cycle
FROM pg_sequences AS s
JOIN pg_namespace AS sn ON sn.nspname = s.schemaname
JOIN pg_class AS sc ON sc.relnamespace = sn.oid AND sc.relname = s.sequencename AND sc.relkind = 'S'
JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = sc.oid AND d.deptype IN ('a', 'i')
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
JOIN pg_class AS c ON c.oid = d.refobjid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE s.last_value IS NOT NULL AND ${visibleRelation}`;
