import { z } from 'zod';
import { call } from './define.ts';

export const sslModeSchema = z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full']);
export type SslMode = z.infer<typeof sslModeSchema>;

/** What a user types: a form, or the same fields taken from a URL. */
export const connectionParamsSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535),
  database: z.string().min(1),
  user: z.string().min(1),
  sslMode: sslModeSchema,
  /** PEM file of the certificate authority, for verify-ca and verify-full. */
  sslRootCert: z.string().optional(),
});
export type ConnectionParams = z.infer<typeof connectionParamsSchema>;

export const connectionSchema = connectionParamsSchema.extend({
  /** `demo:NAME` for the demo databases, else a UUID. */
  id: z.string(),
  name: z.string(),
  kind: z.enum(['demo', 'user']),
  hasPassword: z.boolean(),
  /** Statements that the user types may change rows, after a preview. Left out: no. Never for a demo database. */
  allowWrites: z.boolean().optional(),
});
export type Connection = z.infer<typeof connectionSchema>;

export const connectionDraftSchema = connectionParamsSchema.extend({
  id: z.string().optional(),
  name: z.string().min(1),
  /** Left out: keep the stored one. Empty: none. */
  password: z.string().optional(),
  /** Left out: no. */
  allowWrites: z.boolean().optional(),
});
export type ConnectionDraft = z.infer<typeof connectionDraftSchema>;

/** A test answers as data: a server that refuses is a result, not a failure of the call. */
export const connectionTestSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), serverVersion: z.string(), encrypted: z.boolean(), latencyMs: z.number() }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string(), hint: z.string().optional() }),
]);
export type ConnectionTest = z.infer<typeof connectionTestSchema>;

export const connectionsContract = {
  'connections.list': call(z.object({}), z.array(connectionSchema)),
  'connections.parseUrl': call(
    z.object({ url: z.string() }),
    z.object({ params: connectionParamsSchema, password: z.string().optional() }),
  ),
  'connections.test': call(connectionDraftSchema, connectionTestSchema),
  'connections.save': call(connectionDraftSchema, connectionSchema),
  'connections.remove': call(z.object({ id: z.string() }), z.object({})),
};
