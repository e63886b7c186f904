import { z } from 'zod';
import { call } from './define.ts';

export const explanationLineSchema = z.object({
  /** What part of the statement it is about. */
  kind: z.enum([
    'with',
    'set',
    'tables',
    'join',
    'filter',
    'group',
    'having',
    'output',
    'distinct',
    'window',
    'order',
    'limit',
    'lock',
    'subquery',
  ]),
  /** Levels of nesting: a sub-query's lines stand below the line that uses it. */
  depth: z.number().int(),
  text: z.string(),
});
export type ExplanationLine = z.infer<typeof explanationLineSchema>;

export const explanationContract = {
  /**
   * A query in words, read from its parse tree; what no words are known for stands as SQL in it.
   * @throws SQL_SYNTAX where it does not parse, INVALID_INPUT where it is no single query
   */
  'sql.explain': call(
    z.object({ sql: z.string().max(200_000) }),
    z.object({ lines: z.array(explanationLineSchema) }),
  ),
};
