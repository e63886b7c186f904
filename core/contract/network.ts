import { z } from 'zod';
import { call } from './define.ts';

/** Why the app spoke to another program. */
export const networkPurposeSchema = z.enum([
  'database',
  'model',
  'dataset',
  'update',
  'download',
  'training',
  'storage',
]);
export type NetworkPurpose = z.infer<typeof networkPurposeSchema>;

export const networkOutcomeSchema = z.enum([
  /** Not ended yet; or the app ended before it did. */
  'open',
  'succeeded',
  'failed',
  /** Offline mode refused it: no socket was opened. */
  'refused',
]);
export type NetworkOutcome = z.infer<typeof networkOutcomeSchema>;

/** One line of the outbound ledger: a connection or a request that the app made, or that was refused. */
export const networkEntrySchema = z.object({
  id: z.number().int(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  /** A name or an address; the path of a socket on this machine. */
  host: z.string(),
  port: z.number().int(),
  /** The host is this machine: nothing left it. */
  local: z.boolean(),
  purpose: networkPurposeSchema,
  /** `CONNECT` for a connection of PostgreSQL, else HTTP's method. */
  method: z.string(),
  /** What asked for it: a connection's user and database, a model's address, a file. Never a secret. */
  initiator: z.string(),
  outcome: networkOutcomeSchema,
  /** Why it failed or was refused; HTTP's status. */
  message: z.string().optional(),
  /** Where they are known: over connections of PostgreSQL when they end, over HTTP by what the answer says. */
  sentBytes: z.number().int().optional(),
  receivedBytes: z.number().int().optional(),
  durationMs: z.number().optional(),
});
export type NetworkEntry = z.infer<typeof networkEntrySchema>;

export const networkFilterSchema = z.object({
  purpose: networkPurposeSchema.optional(),
  outcome: networkOutcomeSchema.optional(),
  /** Part of a host's name or of what asked for it, in any case. */
  text: z.string().max(200).optional(),
  /** Those that stayed on this machine as well. Defaults to false. */
  local: z.boolean().default(false),
  limit: z.number().int().min(1).max(10_000).default(500),
});
export type NetworkFilter = z.infer<typeof networkFilterSchema>;

export const networkContract = {
  /** Newest first, with how many fit the filter and how many there are of either kind. */
  'network.list': call(
    networkFilterSchema,
    z.object({
      entries: z.array(networkEntrySchema),
      matching: z.number().int(),
      remote: z.number().int(),
      local: z.number().int(),
    }),
  ),
  'network.clear': call(z.object({}), z.object({ removed: z.number().int() })),
};
