import { viewSchema } from '../sql/sketch/index.ts';
import type { ValueHint, ValueSample } from './find-hints.ts';
import { findValueHints } from './find-value-hints.ts';
import { splitQuestion } from './question-words.ts';
import type { ReadOptions, SchemaReader } from './schema-reader.ts';
import { buildValueIndex, type ValueIndex } from './value-index/build-value-index.ts';

/** Indexes live as long as the samples that the reader keeps. */
const indexes = new WeakMap<readonly ValueSample[], ValueIndex>();

function indexOf(samples: readonly ValueSample[]): ValueIndex {
  const index = indexes.get(samples) ?? buildValueIndex(samples);
  indexes.set(samples, index);
  return index;
}

/** The stored values that a question names, by what the server's statistics know of the columns. */
export async function readHints(
  reader: SchemaReader,
  connectionId: string,
  question: string,
  options: ReadOptions,
): Promise<ValueHint[]> {
  const schema = await reader.schemaOf(connectionId, options);
  const samples = await reader.samplesOf(connectionId, options);
  return findValueHints(viewSchema(schema), splitQuestion(question), indexOf(samples));
}
