import { z } from 'zod';
import { call } from './define.ts';
import {
  evaluationModeSchema,
  evaluationSplitSchema,
  failureCauseSchema,
  shareSchema,
} from './evaluation.ts';
import { jobStateSchema } from './jobs.ts';
import { trainingSourceSchema } from './training-drafts.ts';
import { errorPayloadSchema } from './wire.ts';

/*
 * The closed loop: verified examples → dataset version → run → gate against the model in use → promoted or kept → rolled
 * back; and from an answer all the way back.
 */

/** A verified example as a run took it: with the text that it had then. */
export const versionedExampleSchema = z.object({
  id: z.string(),
  connectionId: z.string(),
  question: z.string(),
  sql: z.string(),
  /** `held-out`: kept for validation. `left-out`: it could not be written for this base; `reason` says why. */
  use: z.enum(['trained', 'held-out', 'left-out']),
  reason: z.string().optional(),
});
export type VersionedExample = z.infer<typeof versionedExampleSchema>;

/** Exactly what a run was trained on. */
export const trainingVersionSchema = z.object({
  /** SHA-256 over the lines of the two files as the trainer reads them, training first. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  runId: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  targetForm: z.enum(['sketch', 'sql']),
  trainExamples: z.number().int(),
  validationExamples: z.number().int(),
  sources: z.array(
    z.object({
      source: trainingSourceSchema,
      title: z.string(),
      trainExamples: z.number().int(),
      validationExamples: z.number().int(),
      /** Examples that could not be written for this base. */
      leftOut: z.number().int(),
    }),
  ),
  verified: z.array(versionedExampleSchema),
});
export type TrainingVersion = z.infer<typeof trainingVersionSchema>;

/** A model as the loop names it: a GGUF file, which may name its adapter (see `parseModelReference`), or a server's address. */
export const loopModelSchema = z.object({ path: z.string().min(1).max(4_000) });
export type LoopModel = z.infer<typeof loopModelSchema>;

/** A model as it was at some moment: a file of the same path may hold another one later. */
export const namedModelSchema = loopModelSchema.extend({
  name: z.string(),
  /** SHA-256 of the file; with an adapter both, joined by `+`. Absent for a server, and in what older versions wrote. */
  sha256: z.string().optional(),
});
export type NamedModel = z.infer<typeof namedModelSchema>;

/** Questions that a gate asks. */
export const gateSetSchema = z.discriminatedUnion('kind', [
  /** All verified examples of a connection. Important: none that was right may become wrong. */
  z.object({ kind: z.literal('verified'), connectionId: z.string() }),
  z.object({
    kind: z.literal('split'),
    split: evaluationSplitSchema,
    /** Only the first so many questions. */
    limit: z.number().int().min(1).optional(),
  }),
]);
export type GateSet = z.infer<typeof gateSetSchema>;

export const gateSetInfoSchema = z.object({
  set: gateSetSchema,
  title: z.string(),
  questions: z.number().int(),
  important: z.boolean(),
  /** Whether a gate asks it where nothing was chosen. */
  suggested: z.boolean(),
  /** Why it cannot be asked. */
  missing: errorPayloadSchema.optional(),
});
export type GateSetInfo = z.infer<typeof gateSetInfoSchema>;

/**
 * `broken`: an important question that was right is wrong now. `worse`: fewer are right than before, or on one set so many
 * fewer that chance does not explain it. `unclear`: neither, but too few questions were asked that it was not trained on.
 * `better`: more are right than chance explains, and none of those. `same`: no clear difference.
 */
export const gateVerdictSchema = z.enum(['better', 'same', 'unclear', 'worse', 'broken']);
export type GateVerdict = z.infer<typeof gateVerdictSchema>;

/** What the candidate's training had to do with a question. */
export const questionUseSchema = z.enum(['trained', 'held-out', 'unseen']);

export const gateRowSchema = z.object({
  /** Of the verified example, or of the split's question. */
  id: z.string(),
  /** Index into the gate's sets. */
  set: z.number().int(),
  connectionId: z.string(),
  question: z.string(),
  goldSql: z.string(),
  important: z.boolean(),
  use: questionUseSchema,
  sqlBefore: z.string(),
  sqlAfter: z.string(),
  correctBefore: z.boolean(),
  correctAfter: z.boolean(),
  /** Of what is wrong now; empty where it is right. */
  causesAfter: z.array(failureCauseSchema),
  messageAfter: z.string().optional(),
});
export type GateRow = z.infer<typeof gateRowSchema>;

/** How many more are right than before, as a share of all (-1 to 1), with its 95 % interval; null without questions. */
export const gateGainSchema = z.object({
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type GateGain = z.infer<typeof gateGainSchema>;

/** Both models on the same questions. */
export const gateFiguresSchema = z.object({
  n: z.number().int(),
  before: shareSchema,
  after: shareSchema,
  fixed: z.number().int(),
  broken: z.number().int(),
  /** McNemar's exact test, two-sided. */
  p: z.number(),
  /** Absent in what older versions of the app measured. */
  gain: gateGainSchema.optional(),
});
export type GateFigures = z.infer<typeof gateFiguresSchema>;

export const gateReportSchema = z.object({
  verdict: gateVerdictSchema,
  /** Why, in a sentence. */
  reason: z.string(),
  /** The rule that was applied, in words. */
  rule: z.string(),
  overall: gateFiguresSchema,
  /** Of the questions that the candidate was not trained on; null where all were. */
  notTrainedOn: gateFiguresSchema.nullable(),
  /** In the order of the gate's sets. */
  sets: z.array(gateFiguresSchema.extend({ title: z.string(), important: z.boolean() })),
  /** What the figures do not say, a sentence each. */
  cautions: z.array(z.string()),
  rows: z.array(gateRowSchema),
});
export type GateReport = z.infer<typeof gateReportSchema>;

export const gateSchema = z.object({
  id: z.string(),
  jobId: z.string().optional(),
  state: jobStateSchema,
  /** The run that made the candidate, where it is known. */
  runId: z.string().optional(),
  candidate: namedModelSchema,
  /** The model in use when it was started. */
  inUse: namedModelSchema,
  sets: z.array(gateSetSchema),
  mode: evaluationModeSchema,
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** Without its rows. Absent before it has ended. */
  report: gateReportSchema.omit({ rows: true }).optional(),
  error: errorPayloadSchema.optional(),
  /** When the user looked at the verdict and kept the model in use. */
  keptAt: z.string().optional(),
});
export type Gate = z.infer<typeof gateSchema>;

/** One change of the model in use, whoever made it. */
export const promotionSchema = z.object({
  id: z.string(),
  at: z.string(),
  /** `chosen`: on the Models page, in the settings, or with `models use`. */
  kind: z.enum(['promoted', 'rolled-back', 'chosen']),
  from: namedModelSchema,
  to: namedModelSchema,
  gateId: z.string().optional(),
  verdict: gateVerdictSchema.optional(),
  runId: z.string().optional(),
  /** Why, where the gate was against it or was not asked. */
  insistedBecause: z.string().optional(),
});
export type Promotion = z.infer<typeof promotionSchema>;

export const promotionsSchema = z.object({
  /** Newest first. */
  promotions: z.array(promotionSchema),
  /** `changed`: its file is another one than when it came into use. */
  inUse: namedModelSchema.extend({ changed: z.boolean().optional() }),
  /** What a roll back would use; absent where there is nothing to go back to. */
  previous: namedModelSchema.extend({ missing: z.boolean(), changed: z.boolean().optional() }).optional(),
});
export type Promotions = z.infer<typeof promotionsSchema>;

/** From a model, or an answer of it, back to the examples. What is not known any more is absent. */
export const lineageSchema = z.object({
  answer: z
    .object({ historyId: z.string(), question: z.string().optional(), sql: z.string(), at: z.string() })
    .optional(),
  model: z.object({
    name: z.string(),
    path: z.string().optional(),
    embedded: z.boolean(),
    /** Whether the file is there still. */
    present: z.boolean(),
    /** It came with the app, from the loop, or from elsewhere. */
    origin: z.enum(['app', 'run', 'other']),
  }),
  run: z
    .object({ id: z.string(), name: z.string(), runDir: z.string(), checkpoint: z.string().optional() })
    .optional(),
  version: trainingVersionSchema.optional(),
  gate: gateSchema.optional(),
  promotion: promotionSchema.optional(),
});
export type Lineage = z.infer<typeof lineageSchema>;

const runIdSchema = z.object({ runId: z.string().min(1) });
const gateIdSchema = z.object({ gateId: z.string().min(1) });

export const trainingLoopContract = {
  /** @throws NOT_FOUND where the run wrote none: it was started outside the app */
  'loop.version': call(runIdSchema, trainingVersionSchema),
  /** What can be asked; of a run, those suggested hold its own connections. */
  'loop.sets': call(z.object({ runId: z.string().optional() }), z.array(gateSetInfoSchema)),
  /** Measures a candidate against the model in use, as a job of the kind `gate`; its result is the gate's id. */
  'loop.startGate': call(
    z.object({
      candidate: loopModelSchema,
      runId: z.string().optional(),
      /** Defaults to the suggested ones. */
      sets: z.array(gateSetSchema).min(1).optional(),
      /** Defaults to `voted`, as in the app. */
      mode: evaluationModeSchema.default('voted'),
    }),
    z.object({ gateId: z.string(), jobId: z.string() }),
  ),
  /** Newest first. */
  'loop.gates': call(z.object({ runId: z.string().optional() }), z.array(gateSchema)),
  /** With its rows, of one that has ended. */
  'loop.gate': call(gateIdSchema, gateSchema.extend({ rows: z.array(gateRowSchema) })),
  'loop.removeGate': call(gateIdSchema, z.object({})),
  /** Writes down that the model in use stays. @throws CONFLICT where it has not ended */
  'loop.keep': call(gateIdSchema, gateSchema),
  /**
   * Makes a model the one in use. @throws CONFLICT where no gate found it better or as good as the model in use and no
   * reason is given, NOT_FOUND where its file is gone
   */
  'loop.promote': call(
    z.object({
      model: loopModelSchema,
      gateId: z.string().optional(),
      runId: z.string().optional(),
      /** Against the gate's word, or without it. It is kept. */
      insistBecause: z.string().trim().min(3).max(500).optional(),
    }),
    promotionSchema,
  ),
  /**
   * Makes any model the one in use, as the Models page does. @throws CONFLICT with `details.needsReason` where a training
   * run made it, no gate speaks for it and no reason is given; NOT_FOUND where its file is gone
   */
  'loop.use': call(
    z.object({
      /** An empty path is the starter. */
      model: z.object({ path: z.string().max(4_000) }),
      insistBecause: z.string().trim().min(3).max(500).optional(),
    }),
    /** Absent where it was in use already. */
    z.object({ promotion: promotionSchema.optional() }),
  ),
  /** Uses the model again that was in use before. @throws CONFLICT where there is none, or its file is another one now; NOT_FOUND where it is gone */
  'loop.rollBack': call(z.object({}), promotionSchema),
  'loop.promotions': call(z.object({}), promotionsSchema),
  /** @throws NOT_FOUND */
  'loop.lineage': call(
    z.union([z.object({ historyId: z.string() }), z.object({ model: loopModelSchema })]),
    lineageSchema,
  ),
};
