import { datasetExampleSchema } from '../../contract/index.ts';
import type { z } from 'zod';

/**
 * One line of `train_mistral.jsonl` and `dev_mistral.jsonl`. A consumer tokenizes `prompt` and `completion` as one text
 * behind the tokenizer's own BOS, learns the completion only, and reads the `</s>` that ends every completion as the
 * one end-of-sequence token (see `chatEndText`), never as text. The counts say how many tokens that gives.
 */
export const formattedExampleSchema = datasetExampleSchema.pick({
  id: true,
  dbId: true,
  prompt: true,
  completion: true,
  promptTokens: true,
  completionTokens: true,
  linkedTables: true,
});
export type FormattedExample = z.infer<typeof formattedExampleSchema>;

/** Names below the folder of processed data. */
export const mistralFiles = { train: 'train_mistral.jsonl', dev: 'dev_mistral.jsonl' } as const;
export const formatReportFile = 'format_report.json';
