import { viewSchema } from '../sql/sketch/index.ts';
import { findHints, type ValueHint } from './find-hints.ts';
import { splitQuestion } from './question-words.ts';
import type { ReadOptions, SchemaReader } from './schema-reader.ts';

/** The stored values that a question names, by what the server's statistics know of the columns. */
export async function readHints(
  reader: SchemaReader,
  connectionId: string,
  question: string,
  options: ReadOptions,
): Promise<ValueHint[]> {
  const schema = await reader.schemaOf(connectionId, options);
  const samples = await reader.samplesOf(connectionId, options);
  return findHints(viewSchema(schema), splitQuestion(question), samples);
}
