import { z } from 'zod';
import { call } from './define.ts';
import { queryResultSchema } from './postgres.ts';
import { columnSchema, tableSchema } from './schema.ts';

/** A table by its names, as the catalogue has them: not quoted. */
export const tableNameSchema = z.object({ namespace: z.string(), table: z.string() });
export type TableName = z.infer<typeof tableNameSchema>;

export const columnDetailsSchema = columnSchema.extend({
  /** An expression of SQL, as pg_get_expr prints it. */
  default: z.string().optional(),
  identity: z.enum(['always', 'by-default']).optional(),
  /** The expression of a generated column. */
  generated: z.string().optional(),
  /** Computed when it is read, not stored. */
  virtual: z.literal(true).optional(),
  /** Only where it is not the type's own. */
  collation: z.string().optional(),
  /** What ANALYZE wrote down; absent before it ran, and where the role may not read the column. */
  statistics: z
    .object({
      /** Distinct values, estimated. */
      distinct: z.number().optional(),
      /** 0 to 1. */
      nullFraction: z.number(),
      /** Average width in bytes. */
      averageBytes: z.number(),
    })
    .optional(),
});
export type ColumnDetails = z.infer<typeof columnDetailsSchema>;

export const constraintSchema = z.object({
  name: z.string(),
  kind: z.enum(['primary-key', 'unique', 'foreign-key', 'check', 'exclusion']),
  /** Empty for a check of no column of its own. */
  columns: z.array(z.string()),
  /** As pg_get_constraintdef prints it: `FOREIGN KEY (a) REFERENCES b(id)`. */
  definition: z.string(),
  /** False for NOT VALID: rows from before it may break it. */
  validated: z.boolean(),
  deferrable: z.boolean(),
  /** What a foreign key leads to; absent where the role may not read it. */
  target: tableNameSchema.extend({ columns: z.array(z.string()) }).optional(),
  comment: z.string().optional(),
});
export type Constraint = z.infer<typeof constraintSchema>;

export const indexSchema = z.object({
  name: z.string(),
  /** `btree`, `gin`, … */
  method: z.string(),
  /** Columns and expressions in their order, as pg_get_indexdef prints each: `name`, `lower(name)`. */
  keys: z.array(z.string()),
  /** Of INCLUDE. */
  included: z.array(z.string()),
  unique: z.boolean(),
  primary: z.boolean(),
  /** The condition of a partial index. */
  predicate: z.string().optional(),
  /** False where building it failed: it costs writes and serves nobody. */
  valid: z.boolean(),
  sizeBytes: z.number(),
  /** Whether a constraint stands on it. */
  constraint: z.string().optional(),
  /** NULLS NOT DISTINCT. */
  nullsNotDistinct: z.boolean(),
  definition: z.string(),
  comment: z.string().optional(),
});
export type Index = z.infer<typeof indexSchema>;

export const triggerSchema = z.object({
  name: z.string(),
  enabled: z.boolean(),
  /** As pg_get_triggerdef prints it. */
  definition: z.string(),
});

/** A foreign key of another table that leads to this one. */
export const referenceSchema = tableNameSchema.extend({
  constraint: z.string(),
  columns: z.array(z.string()),
  targetColumns: z.array(z.string()),
});
export type Reference = z.infer<typeof referenceSchema>;

export const tableDetailsSchema = tableSchema.omit({ columns: true }).extend({
  owner: z.string(),
  columns: z.array(columnDetailsSchema),
  constraints: z.array(constraintSchema),
  indexes: z.array(indexSchema),
  triggers: z.array(triggerSchema),
  referencedBy: z.array(referenceSchema),
  /** Rows, TOAST, indexes, and those of partitions. */
  totalBytes: z.number(),
  indexBytes: z.number(),
  /** The query of a view. */
  viewDefinition: z.string().optional(),
  /** `RANGE (day)`. */
  partitionKey: z.string().optional(),
  /** Partitions, `namespace.name` each. */
  partitions: z.array(z.string()),
});
export type TableDetails = z.infer<typeof tableDetailsSchema>;

/** What the overview and the diagram need of every table beyond `schema.introspect`. */
export const tableSummarySchema = tableNameSchema.extend({
  totalBytes: z.number(),
  indexes: z.number().int(),
  /** Sets of columns that have each value at most once, the primary key among them. */
  uniqueKeys: z.array(z.array(z.string())),
});
export type TableSummary = z.infer<typeof tableSummarySchema>;

export const lintSeveritySchema = z.enum(['error', 'warning', 'info']);
export type LintSeverity = z.infer<typeof lintSeveritySchema>;

export const lintRuleSchema = z.enum([
  'missing-primary-key',
  'unindexed-foreign-key',
  'mismatched-key-types',
  'name-needs-quotes',
  'reserved-name',
  'duplicate-index',
  'redundant-index',
  'invalid-index',
  'constraint-not-validated',
  'nullable-unique',
  'wide-text-key',
  'sequence-near-its-end',
  'missing-comment',
]);
export type LintRule = z.infer<typeof lintRuleSchema>;

export const lintFindingSchema = tableNameSchema.extend({
  rule: lintRuleSchema,
  severity: lintSeveritySchema,
  /** What is, in one sentence. */
  title: z.string(),
  /** What it costs, and when it does not matter. */
  explanation: z.string(),
  columns: z.array(z.string()),
  /** What would mend it: to be read and copied, never run here. */
  ddl: z.string().optional(),
});
export type LintFinding = z.infer<typeof lintFindingSchema>;

/** One side of a join: what FROM calls it, and the table it is where it is one. */
export const joinSideSchema = z.object({
  name: z.string(),
  table: tableNameSchema.optional(),
  /** In the order of the other side's; empty where rows are paired without an equality. */
  columns: z.array(z.string()),
});

export const cardinalitySchema = z.enum(['1:1', 'n:1', '1:n', 'n:m', 'unknown']);
export type Cardinality = z.infer<typeof cardinalitySchema>;

export const queryJoinSchema = z.object({
  left: joinSideSchema,
  right: joinSideSchema,
  kind: z.enum(['inner', 'left', 'right', 'full', 'cross']),
  /** Whether a foreign key between the two has the same columns. */
  alongForeignKey: z.boolean(),
  /** From left to right: `n:1` is many rows on the left for one on the right. */
  cardinality: cardinalitySchema,
  /** Whether a warning names it. */
  multiplies: z.boolean(),
  /** The part of the statement it is in: `the statement`, `WITH totals`, `a sub-query`. */
  part: z.string(),
});
export type QueryJoin = z.infer<typeof queryJoinSchema>;

export const fanOutWarningSchema = z.object({
  /**
   * `fan`: the join leads from the aggregated rows to many; `chasm`: another branch does, one that the aggregated rows
   * have nothing to do with; `cross`: rows are paired without a condition.
   */
  kind: z.enum(['fan', 'chasm', 'cross']),
  /** As written: `sum(o.total)`. */
  aggregate: z.string(),
  /** What becomes of it: too large, weighted, or with repeated members. */
  effect: z.enum(['inflated', 'skewed', 'repeated']),
  /** The rows that are counted several times, and what multiplies them: names of FROM. */
  counted: z.string(),
  multipliedBy: z.string(),
  /** As written or meant: `orders.id = items.order_id`. */
  join: z.string().optional(),
  message: z.string(),
  advice: z.string(),
  part: z.string(),
});
export type FanOutWarning = z.infer<typeof fanOutWarningSchema>;

export const joinPathSchema = z.object({
  /** Tables of the database that the statement reads, each once. */
  tables: z.array(tableNameSchema),
  joins: z.array(queryJoinSchema),
  warnings: z.array(fanOutWarningSchema),
  /** What could not be judged and why, a sentence each. */
  notAnalysed: z.array(z.string()),
});
export type JoinPath = z.infer<typeof joinPathSchema>;

const connectionIdSchema = z.object({ connectionId: z.string() });
const ofTable = connectionIdSchema.extend(tableNameSchema.shape);

/** What the schema explorer asks. Connections are the user's, `demo:NAME`, and `spider:DBID`. */
export const schemaExplorerContract = {
  'schema.overview': call(
    connectionIdSchema,
    z.object({ databaseBytes: z.number(), tables: z.array(tableSummarySchema) }),
  ),
  /** @throws NOT_FOUND where the role sees no such table */
  'schema.table': call(ofTable, tableDetailsSchema.extend({ ddl: z.string() })),
  /** Rows of one table, in the order of its primary key where it has one; in a read-only transaction. */
  'schema.sampleRows': call(
    ofTable.extend({
      offset: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    queryResultSchema,
  ),
  'schema.lint': call(connectionIdSchema, z.object({ findings: z.array(lintFindingSchema) })),
  /** Reads the statement, never runs it. Throws SQL_SYNTAX for what is not SQL. */
  'schema.joinPath': call(connectionIdSchema.extend({ sql: z.string() }), joinPathSchema),
};
