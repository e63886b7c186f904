import { z } from 'zod';

/** Tables by `namespace.name`, or by name where one namespace alone has it. */
const tableNamesSchema = z.array(z.string().max(300)).max(2_000);

/** What the user lets the model see of a database. */
export const tableScopeSchema = z.object({
  /** Taken into the prompt before all others, as far as they fit. */
  include: tableNamesSchema.optional(),
  /** Neither shown to the model nor named by any statement that it writes. */
  exclude: tableNamesSchema.optional(),
});
export type TableScope = z.infer<typeof tableScopeSchema>;

/** A table as the question's words rank it. */
export const linkedTableSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  /** Comparable within one question only; 0 where nothing speaks for the table. */
  score: z.number(),
  /** Whether the prompt holds it. */
  isInPrompt: z.boolean(),
  /** Its columns by their own scores, for a table of the prompt; else none. */
  columns: z.array(z.object({ name: z.string(), score: z.number() })),
});
export type LinkedTable = z.infer<typeof linkedTableSchema>;

/** A stored value that the question names. */
export const linkedValueSchema = z.object({
  table: z.string(),
  column: z.string(),
  value: z.string(),
  /** False where the question spells it otherwise. */
  isExact: z.boolean(),
});
export type LinkedValue = z.infer<typeof linkedValueSchema>;
