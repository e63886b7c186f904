import { z } from 'zod';

/** Spider's own files of examples. */
export const spiderSplitSchema = z.enum(['train_spider', 'train_others', 'dev']);
export type SpiderSplitName = z.infer<typeof spiderSplitSchema>;

/** How a pair ends, whatever happens to it: each has exactly one of these. */
export const pairOutcomeSchema = z.enum([
  'verified',
  'verified-on-generated-rows',
  'nondeterministic',
  'failed',
]);
export type PairOutcome = z.infer<typeof pairOutcomeSchema>;

/**
 * How equal rows are equal. A pair carries the weakest of its labels, over Spider's own rows and every set of generated
 * rows used; a set on which the engines differ, because SQLite has no defined answer there, counts as `ties-broken`.
 */
export const equalitySchema = z.enum([
  /** The same rows as often, in the very same order where the query orders: no rule about ties. */
  'strict',
  /** The same rows as often and the same sequence of ORDER BY keys: only rows that tie come in another order. */
  'ties-in-order',
  /** Equal once ties are broken alike in both engines. */
  'ties-broken',
]);
export type Equality = z.infer<typeof equalitySchema>;

/** Why a set of generated rows says nothing about a pair. */
export const unusedReasonSchema = z.enum([
  /** PostgreSQL refuses the rows: they break a key or a type. */
  'postgres-refuses-rows',
  /** SQLite refuses the rows. */
  'sqlite-refuses-rows',
  /** The published query does not run on SQLite with these rows. */
  'gold-fails',
  /** A scalar subquery gives several rows: SQLite takes the first, PostgreSQL refuses. */
  'several-rows',
]);
export type UnusedReason = z.infer<typeof unusedReasonSchema>;

export const hardnessSchema = z.enum(['easy', 'medium', 'hard', 'extra']);
export type Hardness = z.infer<typeof hardnessSchema>;

/** Why a pair is not verified. Closed, so that reports can count and screens can filter. */
export const reasonClassSchema = z.enum([
  /** SQLite answers with the values of an arbitrary row of a group. */
  'arbitrary-row',
  /** Rows tie in the order, and a LIMIT or the comparison depends on which comes first. */
  'tie',
  /** The published query does not run on SQLite either. */
  'gold-fails',
  /** PostgreSQL's grammar cannot read the query even after rewriting. */
  'not-rewritten',
  /** PostgreSQL refuses the rewritten query. */
  'postgres-error',
  /** Both run, the rows differ, and the query has a defined answer. */
  'other-rows',
]);
export type ReasonClass = z.infer<typeof reasonClassSchema>;

/** One line of `pairs.jsonl`: a question of Spider, its SQL for both engines, and the proof that they agree. */
export const provenPairSchema = z.object({
  /** `train_spider:12`: Spider's split and the position in its file, from 0. */
  id: z.string(),
  split: spiderSplitSchema,
  index: z.number().int().nonnegative(),
  dbId: z.string(),
  question: z.string(),
  /** The gold SQL as published. */
  sqliteSql: z.string(),
  /** PostgreSQL's SQL; empty where the gold query could not be rewritten. */
  sql: z.string(),
  outcome: pairOutcomeSchema,
  /** How the rows are equal; absent where they are not. */
  equality: equalitySchema.optional(),
  /** The same on Spider's own rows alone. */
  equalityOnShippedRows: equalitySchema.optional(),
  /** Set where equal values are numbers in one engine and texts in the other, on whatever rows. */
  otherTypes: z.boolean().optional(),
  reasonClass: reasonClassSchema.optional(),
  /** One sentence for a person. */
  reason: z.string().optional(),
  /** What each engine said, where it refused. */
  errors: z.object({ sqlite: z.string().optional(), postgres: z.string().optional() }).optional(),
  /** Rows of PostgreSQL's answer on Spider's own rows; absent where it gave none. */
  rows: z.number().int().nonnegative().optional(),
  /**
   * Set where the answers are equal only once texts in columns of numbers, which PostgreSQL cannot keep, are NULL in both
   * engines: on the file as published SQLite answers otherwise.
   */
  textsAsNull: z.boolean().optional(),
  /** Whether Spider's own rows, or generated ones, give an answer that is more than nothing, 0 and NULL. */
  informative: z.object({ shipped: z.boolean(), generated: z.boolean() }),
  /** Sets of generated rows on which both engines were asked, and on how many they agreed. */
  generated: z
    .object({
      sets: z.number().int().nonnegative(),
      agreeing: z.number().int().nonnegative(),
      /** Sets that were made and not used, by the reason; absent where there are none. */
      unused: z.partialRecord(unusedReasonSchema, z.number().int().positive()).optional(),
    })
    .optional(),
});
export type ProvenPair = z.infer<typeof provenPairSchema>;

/** A stored value: numbers as the engine's text, so that nothing is rounded on the way. */
export const storedCellSchema = z.union([z.string(), z.number(), z.null()]);

/** Rows for some tables of one database, made so that a query has something to tell apart. */
export const generatedRowsSchema = z.object({
  /** What the rows are for: `witness`, `boundary`, `near-miss`, `random`, … */
  kind: z.string(),
  tables: z.array(
    z.object({
      table: z.string(),
      /** Columns in the order of the values. */
      columns: z.array(z.string()),
      rows: z.array(z.array(storedCellSchema)),
    }),
  ),
});
export type GeneratedRows = z.infer<typeof generatedRowsSchema>;

/** What an engine answered, cut to the first rows. */
export const storedAnswerSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(storedCellSchema)),
  rowCount: z.number().int().nonnegative(),
});
export type StoredAnswer = z.infer<typeof storedAnswerSchema>;

/** Both engines' answers to one pair, on one set of rows. */
export const answerPairSchema = z.object({
  /** `shipped`, or the kind of the generated rows. */
  on: z.string(),
  sqlite: storedAnswerSchema.optional(),
  postgres: storedAnswerSchema.optional(),
});
export type AnswerPair = z.infer<typeof answerPairSchema>;

/** One line of `answers/<dbId>.jsonl`: the evidence for every pair with this SQL. */
export const evidenceSchema = z.object({
  sqliteSql: z.string(),
  sql: z.string(),
  answers: z.array(answerPairSchema),
  generated: z.array(generatedRowsSchema),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** A text that says something. */
const saidSchema = z.string().regex(/\S/);

/** What replaces the question or the SQL; who says so, why, and when (an ISO date). */
const statementSchema = z.object({
  question: saidSchema.optional(),
  sql: saidSchema.optional(),
  by: saidSchema,
  why: saidSchema,
  on: z.iso.date(),
});

/** How a corrected SQL's answer stands to SQLite's answer to the published query, on Spider's own rows. */
export const overrideProofSchema = z.object({
  /** Rows of the corrected SQL. */
  rows: z.number().int().nonnegative(),
  equalsGold: z.boolean(),
  /** What differs, or how the equality holds. */
  note: z.string().optional(),
  /** SHA-256 of the SQL that was run, the published query and the database's schema: of others it says nothing. */
  of: z.string(),
});
export type OverrideProof = z.infer<typeof overrideProofSchema>;

/** A correction of one example, applied on top of the dataset and never in place: question, SQL, or both. */
export const overrideSchema = z.object({
  /** The example's id. */
  id: z.string(),
  ...statementSchema.shape,
  /** Of the SQL; absent where only the question is corrected, and in what was written by hand until it is used. */
  proof: overrideProofSchema.optional(),
  /** Earlier corrections of the example, the oldest first, each with what it gave: the last one of a part holds. */
  history: z.array(statementSchema).min(1).optional(),
});
export type OverrideStatement = z.infer<typeof statementSchema>;
export type Override = z.infer<typeof overrideSchema>;

/** Where an example ends up. `dev` is all that is held out; `val` and `test` are its two halves by database. */
export const datasetSplitSchema = z.enum(['train', 'val', 'test']);
export type DatasetSplit = z.infer<typeof datasetSplitSchema>;

/** Why an example may teach something odd though it is proven: true to SQLite's answer, not always to the question. */
export const cautionSchema = z.enum([
  /** No rows tell anything: every answer is nothing, 0 or NULL. */
  'vacuous',
  /** `textsAsNull` of its pair. */
  'texts-as-null',
  /** A column of another type is compared as a text: `death_year::text = ''`. */
  'cast-of-column',
  /** Numbers that are stored as texts are compared or sorted as texts, or read as numbers. */
  'number-in-text',
  /** Years are averaged or added up where the question asks for dates: `avg(EXTRACT(YEAR FROM printed))`. */
  'year-of-date',
]);
export type Caution = z.infer<typeof cautionSchema>;

/** One line of `train_postgres.jsonl` and its like: all that a trainer or an evaluation needs. */
export const datasetExampleSchema = z.object({
  id: z.string(),
  split: datasetSplitSchema,
  dbId: z.string(),
  question: z.string(),
  sql: z.string(),
  sqliteSql: z.string(),
  hardness: hardnessSchema,
  /** How the pair ended. Absent where `sql` is a person's correction: see `override.proof`. */
  outcome: pairOutcomeSchema.optional(),
  equality: equalitySchema.optional(),
  /** Absent where there are none. */
  cautions: z.array(cautionSchema).min(1).optional(),
  /** The whole prompt and the whole completion, its end token included: consumers format nothing. */
  prompt: z.string(),
  completion: z.string(),
  promptTokens: z.number().int().positive(),
  completionTokens: z.number().int().positive(),
  /** Tables the prompt's schema was cut down to; absent where it holds all of them. */
  linkedTables: z.array(z.string()).optional(),
  override: overrideSchema.optional(),
});
export type DatasetExample = z.infer<typeof datasetExampleSchema>;

/** A column of a Spider database as SQLite has it. */
export const parsedColumnSchema = z.object({
  name: z.string(),
  /** As declared, '' where the declaration has none. */
  declaredType: z.string(),
  /** Cells by SQLite's storage class, those that occur. */
  observedTypes: z.partialRecord(
    z.enum(['null', 'integer', 'real', 'text', 'blob']),
    z.number().int().positive(),
  ),
  notNull: z.boolean(),
  /** Up to five distinct short values, in the order stored. */
  samples: z.array(z.string()),
});

export const parsedTableSchema = z.object({
  name: z.string(),
  columns: z.array(parsedColumnSchema),
  primaryKey: z.array(z.string()),
  uniqueKeys: z.array(z.array(z.string())),
  foreignKeys: z.array(
    z.object({
      table: z.string(),
      columns: z.array(z.string()),
      targetTable: z.string(),
      targetColumns: z.array(z.string()),
    }),
  ),
  rowCount: z.number().int().nonnegative(),
});

/** `schemas/<dbId>.json`: a Spider database, asked of SQLite itself. */
export const parsedSchemaSchema = z.object({ dbId: z.string(), tables: z.array(parsedTableSchema) });
export type ParsedSchema = z.infer<typeof parsedSchemaSchema>;
