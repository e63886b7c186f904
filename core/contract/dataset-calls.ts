import { z } from 'zod';
import { call } from './define.ts';
import {
  answerPairSchema,
  equalitySchema,
  generatedRowsSchema,
  hardnessSchema,
  overrideSchema,
  parsedSchemaSchema,
  provenPairSchema,
  spiderSplitSchema,
  storedAnswerSchema,
  storedCellSchema,
} from './dataset.ts';
import {
  datasetPlaceSchema,
  datasetSearchResultSchema,
  datasetSearchSchema,
  sqlFeatureSchema,
} from './dataset-search.ts';
import { databaseSchemaSchema } from './schema.ts';

/** The pipeline's stages in their order, and the files that show that one has been run. */
export const datasetStageSchema = z.enum([
  'import',
  'verify',
  'parse',
  'convert',
  'format',
  'split',
  'version',
]);
export type DatasetStage = z.infer<typeof datasetStageSchema>;

/** Another example whose question is nearly the same, in another split. */
export const nearDuplicateSchema = z.object({
  id: z.string(),
  question: z.string(),
  split: datasetPlaceSchema,
  /** 0 to 1, as the split report has it. */
  similarity: z.number().min(0).max(1),
});

export const exampleDetailSchema = provenPairSchema.omit({ split: true }).extend({
  source: spiderSplitSchema,
  split: datasetPlaceSchema,
  hardness: hardnessSchema.optional(),
  features: z.array(sqlFeatureSchema),
  tables: z.number().int().nonnegative(),
  /** The SQL laid out for reading; the same statement. */
  formattedSql: z.string(),
  /** Present where a correction exists; `question` and `sql` then are the corrected ones. */
  override: overrideSchema.optional(),
  /** What the override replaced. */
  original: z.object({ question: z.string(), sql: z.string() }).optional(),
  /** Whether the split files already hold the override. False until `data split` is run again. */
  overrideApplied: z.boolean().optional(),
  /** What each engine answered; absent where no evidence was kept. It belongs to the original SQL. */
  evidence: z
    .object({ answers: z.array(answerPairSchema), generated: z.array(generatedRowsSchema) })
    .optional(),
  /** As in the split's file; absent for what is in no split. */
  prompt: z
    .object({
      prompt: z.string(),
      completion: z.string(),
      promptTokens: z.number().int().positive(),
      completionTokens: z.number().int().positive(),
      linkedTables: z.array(z.string()).optional(),
    })
    .optional(),
  nearDuplicates: z.array(nearDuplicateSchema),
  /** Other examples of the database with the same gold SQL: other wordings of the question. */
  sameSql: z.array(z.object({ id: z.string(), question: z.string() })),
});
export type ExampleDetail = z.infer<typeof exampleDetailSchema>;

const countsSchema = z.record(z.string(), z.number().int().nonnegative());

export const datasetStatusSchema = z.object({
  /** Holds raw/ and processed/. */
  folder: z.string(),
  /** `missing`: nothing here; `partial`: no proven pairs yet; `ready`: it can be searched. */
  state: z.enum(['missing', 'partial', 'ready']),
  /** The command that makes what is missing; absent where nothing is. */
  command: z.string().optional(),
  stages: z.array(z.object({ stage: datasetStageSchema, done: z.boolean() })),
  pairs: z.number().int().nonnegative(),
  bySource: countsSchema,
  bySplit: countsSchema,
  byOutcome: countsSchema,
  overrides: z.number().int().nonnegative(),
});
export type DatasetStatus = z.infer<typeof datasetStatusSchema>;

export const datasetDatabaseSchema = z.object({
  dbId: z.string(),
  /** Absent before `data parse`. */
  tables: z.number().int().nonnegative().optional(),
  columns: z.number().int().nonnegative().optional(),
  rows: z.number().int().nonnegative().optional(),
  pairs: z.number().int().nonnegative(),
  byOutcome: countsSchema,
  /** Where its questions come from, and where they ended up. */
  sources: z.array(spiderSplitSchema),
  splits: z.array(datasetPlaceSchema),
});
export type DatasetDatabase = z.infer<typeof datasetDatabaseSchema>;

export const columnSamplesSchema = z.object({
  table: z.string(),
  column: z.string(),
  values: z.array(z.string()),
});

/** A histogram's bar: values from `from` up to the next bar's. */
const barSchema = z.object({ from: z.number(), count: z.number().int().nonnegative() });
export const distributionSchema = z.object({
  count: z.number().int().nonnegative(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
  bars: z.array(barSchema),
});
export type Distribution = z.infer<typeof distributionSchema>;

export const datasetStatisticsSchema = z.object({
  /** Examples, by split and then by value. */
  hardnessBySplit: z.record(z.string(), countsSchema),
  outcomeBySource: z.record(z.string(), countsSchema),
  reasons: countsSchema,
  features: countsSchema,
  tablesPerQuery: countsSchema,
  /** In characters. */
  questionLength: distributionSchema,
  sqlLength: distributionSchema,
  /** By the model's tokenizer; only of what is in a split. */
  promptTokens: distributionSchema,
  completionTokens: distributionSchema,
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

export const tableRowsSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(storedCellSchema)),
  total: z.number().int().nonnegative(),
});

/** What one engine says now: an answer cut to its first rows, or its error. */
const liveAnswerSchema = z.object({
  answer: storedAnswerSchema.optional(),
  error: z.string().optional(),
  durationMs: z.number().nonnegative(),
});

/** Both engines' answers to one example, asked for now. */
export const liveProofSchema = z.object({
  sqlite: liveAnswerSchema,
  postgres: liveAnswerSchema,
  isEqual: z.boolean(),
  equality: equalitySchema.optional(),
  /** What differs, what was refused, or how ties were broken. */
  note: z.string().optional(),
});
export type LiveProof = z.infer<typeof liveProofSchema>;

/** What the dataset screens ask. Without a dataset all but `dataset.status` fail with DATASET_MISSING. */
export const datasetContract = {
  'dataset.status': call(z.object({}), datasetStatusSchema),
  'dataset.search': call(datasetSearchSchema, datasetSearchResultSchema),
  'dataset.example': call(z.object({ id: z.string() }), exampleDetailSchema),
  'dataset.statistics': call(z.object({}), datasetStatisticsSchema),
  'dataset.databases': call(z.object({}), z.array(datasetDatabaseSchema)),
  /** SQLite's side and PostgreSQL's; absent is what its stage has not made yet. */
  'dataset.schema': call(
    z.object({ dbId: z.string() }),
    z.object({
      dbId: z.string(),
      sqlite: parsedSchemaSchema.optional(),
      postgres: databaseSchemaSchema.optional(),
      samples: z.array(columnSamplesSchema),
    }),
  ),
  /** Rows of the SQLite database as shipped, in the order stored. */
  'dataset.rows': call(
    z.object({
      dbId: z.string(),
      table: z.string(),
      offset: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(1_000).default(100),
    }),
    tableRowsSchema,
  ),
  /**
   * Asks both engines now, on the rows as shipped; what an engine refuses is part of the answer. Needs what
   * `data convert` loaded, else DATASET_MISSING.
   */
  'dataset.run': call(
    z.object({
      id: z.string(),
      on: z.literal('shipped').default('shipped'),
      /** PostgreSQL's SQL to try in the place of the example's. */
      sql: z.string().optional(),
    }),
    liveProofSchema,
  ),
};
