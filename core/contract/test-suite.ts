import { z } from 'zod';

/** Where a prediction that is right on the shipped rows parts from the gold SQL. */
export const suiteLossSchema = z.object({
  /** The filling: `shuffled-3`, `witness`, `boundary`, `near-miss`, `misses-only`, `random`. */
  filling: z.string(),
  /** `wrong`: other rows; `error`: PostgreSQL refuses the prediction there. */
  outcome: z.enum(['wrong', 'error']),
  message: z.string(),
});
export type SuiteLoss = z.infer<typeof suiteLossSchema>;

/** On how many fillings a gold SQL was asked, and what those were good for. */
export const suiteCoverageSchema = z.object({
  asked: z.number().int(),
  /** Its answer is defined, and not just empty, zeros and NULLs. */
  told: z.number().int(),
  /** Its answer is defined and empty: a prediction with rows is wrong there. */
  empty: z.number().int(),
  /** Left out: its answer hangs on a tie or an arbitrary row. */
  undefined: z.number().int(),
  /** Left out: PostgreSQL refuses the gold SQL there, or it takes too long. */
  goldFailed: z.number().int(),
  /** Left out: the rows break a key or a type. */
  refused: z.number().int(),
});
export type SuiteCoverage = z.infer<typeof suiteCoverageSchema>;

export const suiteRowSchema = z.object({
  id: z.string(),
  dbId: z.string(),
  /** `untold`: no filling had rows to tell, so it counts as right, as its shipped rows say. */
  verdict: z.enum(['passed', 'lost', 'untold']),
  coverage: suiteCoverageSchema,
  lost: suiteLossSchema.optional(),
  /** Fillings on which the prediction took too long; those decide nothing. */
  timeouts: z.number().int(),
});
export type SuiteRow = z.infer<typeof suiteRowSchema>;

export const suiteReportSchema = z.object({
  /** Shuffled fillings of each database; those made from a gold SQL come on top. */
  fillings: z.number().int(),
  seed: z.number().int(),
  /** Questions that were judged: the same as for execution accuracy. */
  n: z.number().int(),
  /** Right on the shipped rows and on every filling, over `n`; null where none was judged. */
  testSuiteAccuracy: z.number().nullable(),
  /** Its Wilson interval of 95 %. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Right on the shipped rows. */
  tried: z.number().int(),
  passed: z.number().int(),
  lost: z.number().int(),
  untold: z.number().int(),
  /** Sums over the questions that were tried. */
  coverage: suiteCoverageSchema,
  /** Lost questions by the filling that showed it first. */
  lostOn: z.record(z.string(), z.number().int()),
  seconds: z.number(),
  rows: z.array(suiteRowSchema),
});
export type SuiteReport = z.infer<typeof suiteReportSchema>;
