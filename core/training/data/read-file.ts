import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { readExampleLines } from './read-lines.ts';
import type { SourceExample, SourceExamples } from './source-example.ts';

const lineSchema = z.object({
  ...{ prompt: z.string().min(1), completion: z.string().min(1) },
  ...{ id: z.string().optional(), dbId: z.string().optional(), question: z.string().optional() },
});

/** A file of lines `{prompt, completion}`, taken as they are. @throws AppError NOT_FOUND, DATASET_CORRUPT */
export async function readFileSource(path: string, signal: AbortSignal): Promise<SourceExamples> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) {
    const what = found ? `${path} is no file.` : `There is no file ${path}.`;
    throw new AppError('NOT_FOUND', what, { hint: 'Choose the file again.' });
  }
  const examples: SourceExample[] = [];
  for await (const { value, number } of readExampleLines(path, signal)) {
    const line = lineSchema.safeParse(value);
    if (!line.success) {
      throw new AppError('DATASET_CORRUPT', `${path}, line ${number}, has no prompt or no completion.`, {
        hint: 'Each line is an object with the texts `prompt` and `completion`.',
      });
    }
    const { id = `${basename(path)}:${number}`, dbId, question, prompt, completion } = line.data;
    examples.push({ ...{ id, prompt, completion }, ...(dbId && { dbId }), ...(question && { question }) });
  }
  return { examples, leftOut: [] };
}
