import { z } from 'zod';
import { call, stream } from './define.ts';

export const demoNameSchema = z.enum(['ecommerce', 'finance', 'healthcare', 'saas', 'retail']);
export type DemoName = z.infer<typeof demoNameSchema>;

export const demoQuestionSchema = z.object({
  /** `ecommerce-01` … */
  id: z.string(),
  question: z.string(),
  goldSql: z.string(),
  hardness: z.enum(['easy', 'medium', 'hard', 'extra']),
  /** Whether the gold's row order is part of the answer. */
  ordered: z.boolean(),
});
export type DemoQuestion = z.infer<typeof demoQuestionSchema>;

export const demoDatabaseSchema = z.object({
  name: demoNameSchema,
  title: z.string(),
  description: z.string(),
  questions: z.array(demoQuestionSchema),
});
export type DemoDatabase = z.infer<typeof demoDatabaseSchema>;

export const demoProgressSchema = z.object({
  stage: z.enum(['creating-server', 'starting-server', 'loading', 'ready']),
  /** The demo database being loaded. */
  database: demoNameSchema.optional(),
  done: z.number().int(),
  total: z.number().int(),
});
export type DemoProgress = z.infer<typeof demoProgressSchema>;

export const demoContract = {
  'demo.list': call(z.object({}), z.array(demoDatabaseSchema)),
  /** Starts the embedded server and loads what is missing. Ends when every demo database is ready. */
  'demo.prepare': stream(z.object({}), demoProgressSchema),
  /** Connection URL of one demo database on the running embedded server. */
  'demo.url': call(z.object({ name: demoNameSchema }), z.object({ url: z.string() })),
};
