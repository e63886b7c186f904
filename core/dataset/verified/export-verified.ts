import { maxChatTokens } from '../../schema/index.ts';
import type { DatabaseSchema, VerifiedExample } from '../../contract/index.ts';
import { loadTokenCounter } from '../format/index.ts';
import { countWhole } from '../format/format-report.ts';
import { formatPair } from '../format/format-examples.ts';

/**
 * The examples in the form of `train_mistral.jsonl`, with the schema as it is now: the trainer reads them as they are.
 * `question`, `sql` and `schemaFingerprint` travel along; it passes over them.
 */
export async function exportVerified(
  examples: readonly VerifiedExample[],
  schema: DatabaseSchema,
): Promise<{ jsonl: string; count: number; leftOut: string[] }> {
  const counter = await loadTokenCounter();
  const lines: string[] = [];
  const leftOut: string[] = [];
  for (const { id, question, sql, schemaFingerprint } of examples.toReversed()) {
    const pair = { id, dbId: schema.database, split: 'train_others' as const };
    const { example, lacksTable } = await formatPair({ pair, question, sql }, schema, counter);
    if (lacksTable || countWhole(example) > maxChatTokens) leftOut.push(question);
    else lines.push(JSON.stringify({ ...example, question, sql, schemaFingerprint }));
  }
  return { jsonl: lines.map((line) => `${line}\n`).join(''), count: lines.length, leftOut };
}
