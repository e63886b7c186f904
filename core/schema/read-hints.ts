import { viewSchema } from '../sql/sketch/index.ts';
import type { ValueHint, ValueSample } from './find-hints.ts';
import { findValueHints } from './find-value-hints.ts';
import { splitQuestion } from './question-words.ts';
import type { ReadOptions, SchemaReader } from './schema-reader.ts';
import { buildValueIndexInSlices, type ValueIndex } from './value-index/build-value-index.ts';

/** Indexes live as long as the samples that the reader keeps. */
const indexes = new WeakMap<readonly ValueSample[], Promise<ValueIndex>>();

function indexOf(samples: readonly ValueSample[]): Promise<ValueIndex> {
  const index = indexes.get(samples) ?? buildValueIndexInSlices(samples);
  indexes.set(samples, index);
  return index;
}

/** A connection's values, ready to be searched; made once as long as they stay the same. */
export async function readValueIndex(
  reader: SchemaReader,
  connectionId: string,
  options: ReadOptions,
): Promise<ValueIndex> {
  return indexOf(await reader.samplesOf(connectionId, options));
}

/** The stored values that a question names, by what is kept of the columns and what the server's statistics know. */
export async function readHints(
  reader: SchemaReader,
  connectionId: string,
  question: string,
  options: ReadOptions,
): Promise<ValueHint[]> {
  const schema = await reader.schemaOf(connectionId, options);
  const index = await readValueIndex(reader, connectionId, options);
  return findValueHints(viewSchema(schema), splitQuestion(question), index);
}
