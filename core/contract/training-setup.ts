import { z } from 'zod';
import { call } from './define.ts';
import {
  recipePresetSchema,
  trainingBaseSchema,
  trainingDraftSchema,
  trainingSourceSchema,
} from './training-drafts.ts';
import { errorPayloadSchema } from './wire.ts';

/** What can be trained on. */
export const sourceInfoSchema = z.object({
  source: trainingSourceSchema,
  title: z.string(),
  examples: z.number().int(),
  /** Examples that it keeps for validation by itself. */
  validationExamples: z.number().int().optional(),
  /** Databases. */
  databases: z.number().int().optional(),
  /** ISO 8601, UTC: when it last changed. */
  changedAt: z.string().optional(),
  /** Why it cannot be used. */
  missing: errorPayloadSchema.optional(),
});
export type SourceInfo = z.infer<typeof sourceInfoSchema>;

export const baseInfoSchema = z.object({
  base: trainingBaseSchema,
  title: z.string(),
  parameters: z.number().optional(),
  /** Bytes of its weights, to be downloaded where `present` is false. */
  sizeBytes: z.number().optional(),
  licence: z.string().optional(),
  /** What it is trained to write. */
  targetForm: z.enum(['sketch', 'sql']),
  present: z.boolean(),
  /** One sentence: for whom. */
  explanation: z.string(),
});
export type BaseInfo = z.infer<typeof baseInfoSchema>;

export const gpuInfoSchema = z.object({
  name: z.string(),
  memoryBytes: z.number(),
  freeBytes: z.number().optional(),
  driver: z.string().optional(),
});

/** What a machine has for training; of this machine or of an SSH host. */
export const machineInfoSchema = z.object({
  host: z.string(),
  /** Empty where it trains on its processor. */
  gpus: z.array(gpuInfoSchema),
  cudaVersion: z.string().optional(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  /** Free where runs are kept. */
  freeDiskBytes: z.number(),
  /** The Python that would be used, with its version; absent: none of 3.11 or newer. */
  python: z.object({ path: z.string(), version: z.string() }).optional(),
  /** Whether the app's environment is made and whole. */
  environmentReady: z.boolean(),
  /** What stands in the way, a sentence each. */
  problems: z.array(z.string()),
});
export type MachineInfo = z.infer<typeof machineInfoSchema>;

export const sshAuthSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent') }),
  z.object({ kind: z.literal('key'), keyPath: z.string().min(1) }),
  z.object({ kind: z.literal('password') }),
]);
export type SshAuth = z.infer<typeof sshAuthSchema>;

const sshAddressSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(22),
  user: z.string().min(1),
  auth: sshAuthSchema,
});

export const sshHostDraftSchema = sshAddressSchema.extend({
  id: z.string().optional(),
  name: z.string().trim().min(1),
  /** Password, or the key's passphrase. Left out: keep the stored one. Empty: none. */
  secret: z.string().optional(),
  /** A host that it is reached through. */
  jump: sshAddressSchema.extend({ secret: z.string().optional() }).optional(),
  /** Where code, data and runs lie there; relative: in the user's home. */
  folder: z.string().default('sqlcodegen'),
  /** A Python of that machine that has the trainer's packages; absent: an environment that the app makes there. */
  python: z.string().optional(),
});
export type SshHostDraft = z.infer<typeof sshHostDraftSchema>;

export const sshHostSchema = sshAddressSchema.extend({
  id: z.string(),
  name: z.string(),
  hasSecret: z.boolean(),
  jump: sshAddressSchema.extend({ hasSecret: z.boolean() }).optional(),
  folder: z.string(),
  python: z.string().optional(),
});
export type SshHost = z.infer<typeof sshHostSchema>;

/** A test of a host answers as data. `unknown-key`: nobody has seen it yet, so show its fingerprint and ask. */
export const sshHostTestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok'), machine: machineInfoSchema, latencyMs: z.number() }),
  z.object({
    kind: z.literal('unknown-key'),
    /** The host itself, or the one that it is reached through. */
    host: z.string(),
    port: z.number().int(),
    keyType: z.string(),
    /** `SHA256:…`, as ssh-keygen prints it. */
    fingerprint: z.string(),
  }),
  /** The key is another one than was kept: refused. */
  z.object({
    kind: z.literal('changed-key'),
    host: z.string(),
    port: z.number().int(),
    keyType: z.string(),
    fingerprint: z.string(),
    expected: z.string(),
    message: z.string(),
    hint: z.string(),
  }),
  z.object({ kind: z.literal('failed'), error: errorPayloadSchema }),
]);
export type SshHostTest = z.infer<typeof sshHostTestSchema>;

/** Stands in the source of a price that nobody has looked up yet; a price that the user types loses it. */
export const uncheckedPrice = 'from memory, must be checked';

/** Prices are the user's own to edit; `asOf` says when each was last looked at. */
export const hardwarePriceSchema = z.object({
  id: z.string(),
  /** As PyTorch names it: `NVIDIA A100-SXM4-40GB`. */
  gpu: z.string(),
  title: z.string(),
  /** Gibibytes. */
  memoryGib: z.number().positive(),
  /** In `currency`, an hour of one GPU with its machine. */
  perHour: z.number().min(0),
  currency: z.string().length(3),
  /** ISO 8601 date. */
  asOf: z.string(),
  /** Where the price is from. */
  source: z.string(),
});
export type HardwarePrice = z.infer<typeof hardwarePriceSchema>;
export const priceTableSchema = z.object({
  hardware: z.array(hardwarePriceSchema),
  /** A gibibyte of Cloud Storage for a month. */
  storagePerGibMonth: z.number().min(0),
  storageAsOf: z.string(),
});
export type PriceTable = z.infer<typeof priceTableSchema>;

export const doctorCheckSchema = z.object({
  id: z.string(),
  status: z.enum(['ok', 'warning', 'failure']),
  title: z.string(),
  detail: z.string(),
  hint: z.string(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

/** A token of one example, and whether its prediction is learned. */
export const maskedTokenSchema = z.object({ text: z.string(), id: z.number().int(), learned: z.boolean() });
export type MaskedToken = z.infer<typeof maskedTokenSchema>;

/** What the doctor found; `failure` among the checks blocks the start. */
export const doctorReportSchema = z.object({
  status: z.enum(['ok', 'warning', 'failure']),
  checks: z.array(doctorCheckSchema),
  /** One example, token by token. */
  mask: z.array(maskedTokenSchema).optional(),
  /** What it was run with. */
  python: z.string().optional(),
  seconds: z.number(),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

/** How much and how long on one kind of hardware. */
export const hardwareEstimateSchema = z.object({
  /** Of the price table; absent: this machine or the SSH host itself. */
  priceId: z.string().optional(),
  title: z.string(),
  /** Peak memory of the device (of the process where it trains on the processor), bytes. */
  peakMemoryBytes: z.number(),
  /** What the device has. */
  memoryBytes: z.number().optional(),
  fits: z.boolean(),
  /** Hours of training; null where nothing is known of its speed. */
  hours: z.number().nullable(),
  /** `measured`: some steps of this very run were timed on this machine. `assumed`: reckoned from the hardware's peak. */
  basis: z.enum(['measured', 'assumed']),
  /** In `currency`, where there is a price. */
  costPerRun: z.number().optional(),
  costOfFiveRuns: z.number().optional(),
  currency: z.string().optional(),
});
export type HardwareEstimate = z.infer<typeof hardwareEstimateSchema>;

export const trainingEstimateSchema = z.object({
  examples: z.number().int(),
  /** Tokens of one epoch that are computed. */
  tokensPerEpoch: z.number().int(),
  steps: z.number().int().nullable(),
  /** Of the chosen target first. */
  hardware: z.array(hardwareEstimateSchema),
  /** Of a checkpoint, bytes. */
  checkpointBytes: z.number(),
  /** Most that the run's folder holds at one time, bytes. */
  diskBytes: z.number(),
  storagePerMonth: z.number().optional(),
  /** What the estimate assumes, a sentence each. */
  assumptions: z.array(z.string()),
});
export type TrainingEstimate = z.infer<typeof trainingEstimateSchema>;

/** What becomes of one source's examples. */
export const plannedSourceSchema = z.object({
  source: trainingSourceSchema,
  /** Different ones that are learned, before its weight. */
  train: z.number().int(),
  validation: z.number().int(),
  /** All of them. */
  leftOutCount: z.number().int(),
  /** The first 200 of them, with the reason. */
  leftOut: z.array(z.object({ question: z.string(), reason: z.string() })),
});
export type PlannedSource = z.infer<typeof plannedSourceSchema>;

export const trainingPlanSchema = z.object({
  /** The recipe as the trainer reads it. */
  yaml: z.string(),
  trainExamples: z.number().int(),
  validationExamples: z.number().int(),
  /** In the order of the draft; empty where the draft has problems. */
  sources: z.array(plannedSourceSchema),
  /** What keeps it from being started, a sentence each: nothing was checked beyond the draft yet. */
  problems: z.array(z.string()),
});
export type TrainingPlan = z.infer<typeof trainingPlanSchema>;

const draftInput = z.object({ draft: trainingDraftSchema });

const checkInput = draftInput.extend({
  /** A Python of this machine with the trainer's packages, for a run that trains elsewhere; absent: the app's environment. */
  python: z.string().optional(),
});

export const trainingSetupContract = {
  'training.recipes': call(z.object({}), z.array(recipePresetSchema)),
  'training.sources': call(z.object({}), z.array(sourceInfoSchema)),
  'training.bases': call(z.object({}), z.array(baseInfoSchema)),
  /** Of this machine. */
  'training.machine': call(z.object({ python: z.string().optional() }), machineInfoSchema),
  /** Makes this machine's environment, as a job of the kind `training-environment`; `CONFLICT` where it is being made. */
  'training.prepareEnvironment': call(z.object({}), z.object({ jobId: z.string() })),
  'training.hosts': call(z.object({}), z.array(sshHostSchema)),
  'training.saveHost': call(sshHostDraftSchema, sshHostSchema),
  'training.removeHost': call(z.object({ id: z.string() }), z.object({})),
  'training.testHost': call(sshHostDraftSchema, sshHostTestSchema),
  /** Keeps a host's key that was shown and agreed to. */
  'training.trustHost': call(
    z.object({
      host: z.string(),
      port: z.number().int(),
      keyType: z.string(),
      fingerprint: z.string(),
      draft: sshHostDraftSchema,
    }),
    z.object({}),
  ),
  'training.prices': call(z.object({}), priceTableSchema),
  'training.setPrices': call(priceTableSchema, priceTableSchema),
  'training.plan': call(draftInput, trainingPlanSchema),
  /** Minutes on a slow machine: the data is tokenised. Cancelled by its signal. */
  'training.doctor': call(checkInput, doctorReportSchema),
  /** Times some steps of the run where it trains on this machine. */
  'training.estimate': call(
    checkInput.extend({ measure: z.boolean().default(false) }),
    trainingEstimateSchema,
  ),
};
