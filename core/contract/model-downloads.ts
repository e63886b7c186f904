import { z } from 'zod';
import { call } from './define.ts';

/** `owner/name`, as the Hugging Face hub has it. */
export const hubIdSchema = z
  .string()
  .trim()
  .max(200)
  .regex(/^[\w-][\w.-]*\/[\w-][\w.-]*$/, 'Write it as owner/name.');

export const sha256Schema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{64}$/, 'A SHA-256 has 64 hexadecimal digits.');

const revisionSchema = z.string().trim().min(1).max(200).optional();

/** What can be brought to this machine. */
export const modelDownloadSchema = z.discriminatedUnion('kind', [
  /** One GGUF file of a repository, into the models folder. */
  z.object({
    kind: z.literal('hub-file'),
    id: hubIdSchema,
    /** Its path there. */
    file: z.string().min(1).max(500),
    /** A branch, tag or commit; defaults to `main`. */
    revision: revisionSchema,
  }),
  /** A transformers model with its tokenizer, for training: into `base-models/OWNER/NAME` of the data folder. */
  z.object({ kind: z.literal('hub-folder'), id: hubIdSchema, revision: revisionSchema }),
  z.object({
    kind: z.literal('url'),
    url: z.url({ protocol: /^https?$/, error: 'Write an address that begins with https://.' }).max(4_000),
    /** Of the whole file; without it nobody vouches for what comes. */
    sha256: sha256Schema.optional(),
    /** Defaults to the address's last part. */
    fileName: z
      .string()
      .trim()
      .max(200)
      .regex(/^[\w-][\w. +()-]*\.gguf$/i, 'A name that ends with .gguf, without folders.')
      .optional(),
  }),
]);
export type ModelDownload = z.infer<typeof modelDownloadSchema>;

export const hubRepositorySchema = z.object({
  id: z.string(),
  /** The commit that `revision` stands for now. */
  revision: z.string(),
  licence: z.string().optional(),
  /** Whether its owner must let each user in. */
  gated: z.boolean(),
  /** The largest first. */
  ggufFiles: z.array(
    z.object({
      file: z.string(),
      sizeBytes: z.number(),
      /** Read from its name. */
      quantization: z.string().optional(),
      /** Whether the models folder has a file of this name. */
      here: z.boolean(),
    }),
  ),
  /** The transformers model, where it holds one: only what training reads is downloaded. */
  folder: z
    .object({
      files: z.number().int(),
      sizeBytes: z.number(),
      architecture: z.string().optional(),
      here: z.boolean(),
    })
    .optional(),
});
export type HubRepository = z.infer<typeof hubRepositorySchema>;

export const hubAccessSchema = z.object({
  /** Where models are looked for; HF_ENDPOINT changes it. */
  endpoint: z.string(),
  /** Where a token for gated models comes from. */
  token: z.enum(['none', 'environment', 'kept']),
});
export type HubAccess = z.infer<typeof hubAccessSchema>;

/** What a job of the kind `model-download` measures, about once a second. */
export const downloadMetricSchema = z.object({
  /** Bytes of all files so far. */
  done: z.number(),
  total: z.number().optional(),
  bytesPerSecond: z.number(),
});
export type DownloadMetric = z.infer<typeof downloadMetricSchema>;

export const modelDownloadsContract = {
  /** What a repository of the hub holds. @throws NOT_FOUND, AUTH_FAILED (gated), REMOTE_UNREACHABLE, PERMISSION_DENIED (offline) */
  'models.hub': call(z.object({ id: hubIdSchema, revision: revisionSchema }), hubRepositorySchema),
  'models.hubAccess': call(z.object({}), hubAccessSchema),
  /** Keeps a token in the secret store; empty removes it. */
  'models.setHubToken': call(z.object({ token: z.string().trim().max(500) }), hubAccessSchema),
  /** Queues a job of the kind `model-download`, whose result is the path of the file or folder. */
  'models.download': call(modelDownloadSchema, z.object({ jobId: z.string() })),
};
