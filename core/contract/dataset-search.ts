import { z } from 'zod';
import {
  datasetSplitSchema,
  equalitySchema,
  hardnessSchema,
  pairOutcomeSchema,
  provenPairSchema,
  reasonClassSchema,
  spiderSplitSchema,
} from './dataset.ts';

/** Where an example is: in a split, in none of them, or nowhere yet because `data split` has not been run. */
export const datasetPlaceSchema = z.enum([...datasetSplitSchema.options, 'left-out', 'not-split']);
export type DatasetPlace = z.infer<typeof datasetPlaceSchema>;

/** What a query uses, read from PostgreSQL's own parse tree of it. */
export const sqlFeatureSchema = z.enum([
  'join',
  'outer-join',
  'self-join',
  'where',
  'or',
  'group-by',
  'having',
  'order-by',
  'limit',
  'distinct',
  'aggregate',
  'nested',
  'set-operation',
  'like',
  'between',
  'in',
  'arithmetic',
  'cast',
]);
export type SqlFeature = z.infer<typeof sqlFeatureSchema>;

export const exampleMarkSchema = z.enum(['corrected', 'linked-down', 'near-duplicate']);

/**
 * Each list is "any of these", but `features`, which is "all of these". An empty or absent list filters nothing; a
 * filter that does not exist is refused.
 */
export const datasetFiltersSchema = z
  .strictObject({
    source: z.array(spiderSplitSchema),
    split: z.array(datasetPlaceSchema),
    dbId: z.array(z.string()),
    hardness: z.array(hardnessSchema),
    outcome: z.array(pairOutcomeSchema),
    reasonClass: z.array(reasonClassSchema),
    equality: z.array(z.enum([...equalitySchema.options, 'none'])),
    /** The best rows that give an answer with something in it. */
    informative: z.array(z.enum(['shipped', 'generated', 'none'])),
    features: z.array(sqlFeatureSchema),
    /** How many tables the query reads, each mention counted. */
    tables: z.array(z.enum(['0', '1', '2', '3', '4+'])),
    /** `corrected` has an override, `linked-down` a prompt with fewer tables than its database. */
    marks: z.array(exampleMarkSchema),
  })
  .partial();
export type DatasetFilters = z.infer<typeof datasetFiltersSchema>;
export type DatasetFilterName = keyof DatasetFilters;

/** `position` is Spider's own order. Examples without what is sorted by come last, in either direction. */
export const datasetSortSchema = z.object({
  by: z.enum(['position', 'dbId', 'question', 'hardness', 'outcome', 'sqlLength', 'tables', 'promptTokens']),
  descending: z.boolean().default(false),
});

/** An example as a row of a list. */
export const exampleRowSchema = provenPairSchema
  .pick({
    id: true,
    dbId: true,
    index: true,
    /** With its override applied, as `sql` is. */
    question: true,
    sql: true,
    outcome: true,
    equality: true,
    reasonClass: true,
    informative: true,
    rows: true,
  })
  .extend({
    source: spiderSplitSchema,
    split: datasetPlaceSchema,
    /** Absent where PostgreSQL's grammar reads neither SQL. */
    hardness: hardnessSchema.optional(),
    features: z.array(sqlFeatureSchema),
    /** Mentions of tables in the query. */
    tables: z.number().int().nonnegative(),
    marks: z.array(exampleMarkSchema),
    promptTokens: z.number().int().positive().optional(),
    completionTokens: z.number().int().positive().optional(),
  });
export type ExampleRow = z.infer<typeof exampleRowSchema>;

export const facetSchema = z.array(z.object({ value: z.string(), count: z.number().int().nonnegative() }));

export const datasetSearchSchema = z.strictObject({
  /**
   * Words that must all occur, each as the beginning of a word, in the question, either SQL, or the dbId; "words in
   * quotes" as they stand. Case never counts, and neither do spaces beside punctuation: `count(*)` finds `count ( * )`.
   */
  text: z.string().max(1_000).optional(),
  filters: datasetFiltersSchema.default({}),
  sort: datasetSortSchema.default({ by: 'position', descending: false }),
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(0).max(1_000).default(50),
  /** An example whose place in the whole result is wanted, with its neighbours there. */
  around: z.string().optional(),
});
export type DatasetSearch = z.infer<typeof datasetSearchSchema>;

export const datasetSearchResultSchema = z.object({
  total: z.number().int().nonnegative(),
  items: z.array(exampleRowSchema),
  /** For each filter, the examples for each of its values under the text and all other filters; `features` under itself too. */
  facets: z.record(datasetFiltersSchema.keyof(), facetSchema),
  /** Where `around` stands, from 0, and the ids before and after it; absent where it is not in the result. */
  around: z
    .object({
      position: z.number().int().nonnegative(),
      previous: z.string().optional(),
      next: z.string().optional(),
    })
    .optional(),
  /** The search alone, in milliseconds; without reading the files, which only a first search does. */
  tookMs: z.number().nonnegative(),
});
export type DatasetSearchResult = z.infer<typeof datasetSearchResultSchema>;
