import { z } from 'zod';
import { call } from './define.ts';

/** Where the statement in an editor comes from. */
export const sqlSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('model'), model: z.string() }),
  z.object({ kind: z.enum(['none', 'edited', 'typed', 'history']) }),
]);
export type SqlSource = z.infer<typeof sqlSourceSchema>;

/** One tab of the Ask page: what is typed in it, not what came of it. */
export const askTabSchema = z.object({
  id: z.string().max(100),
  /** Given by the user; else the tab is called after its question or its statement. */
  name: z.string().max(100).optional(),
  connectionId: z.string().max(200),
  question: z.string().max(20_000),
  sql: z.string().max(1_000_000),
  source: sqlSourceSchema,
});
export type AskTab = z.infer<typeof askTabSchema>;

/** The tabs as they stood when the window was last used. */
export const workspaceSchema = z.object({
  tabs: z.array(askTabSchema).max(100),
  activeId: z.string().optional(),
});
export type Workspace = z.infer<typeof workspaceSchema>;

export const workspaceContract = {
  /** Without tabs where none were kept, or what was kept cannot be read. */
  'workspace.get': call(z.object({}), workspaceSchema),
  'workspace.save': call(workspaceSchema, z.object({})),
};
