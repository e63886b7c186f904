import { AppError, datasetExampleSchema, type ExampleDetail } from '../../contract/index.ts';
import { formatSql } from '../../sql/index.ts';
import type { DatasetIndex } from './build-index.ts';
import type { DatasetFolder } from './dataset-folder.ts';
import type { IndexedExample, StoredExample } from './indexed-example.ts';
import { parseRecord } from './parse-file.ts';
import { readEvidence } from './read-evidence.ts';
import { readBytesAt } from './read-lines.ts';

/** Everything about one example. @throws AppError NOT_FOUND, DATASET_CORRUPT */
export async function readExample(
  folder: DatasetFolder,
  index: DatasetIndex,
  id: string,
  signal?: AbortSignal,
): Promise<ExampleDetail> {
  const example = findExample(index, id);
  const { pair, stored, override } = example;
  const [formattedSql, evidence, prompt] = await Promise.all([
    formatSql(example.sql),
    readEvidence(folder, pair.dbId, pair, signal),
    stored && readPrompt(folder, id, stored),
  ]);
  const { split: source, ...proven } = pair;
  return {
    ...proven,
    source,
    question: example.question,
    sql: example.sql,
    split: example.split,
    hardness: example.hardness,
    features: example.features,
    tables: example.tables,
    formattedSql,
    ...(override && {
      override,
      original: { question: pair.question, sql: pair.sql },
      overrideApplied: JSON.stringify(stored?.override) === JSON.stringify(override),
    }),
    ...(evidence && { evidence: { answers: evidence.answers, generated: evidence.generated } }),
    prompt,
    nearDuplicates: listNearDuplicates(index, example),
    sameSql: listSameSql(index, example),
  };
}

/** @throws AppError NOT_FOUND */
export function findExample(index: DatasetIndex, id: string): IndexedExample {
  const found = index.byId.get(id);
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `There is no example ${id} in the dataset.`, {
    hint: 'An id is a split of Spider and a position, such as train_spider:12 or dev:0.',
  });
}

async function readPrompt(folder: DatasetFolder, id: string, { split, place }: StoredExample) {
  const source = { path: folder.splitFiles[split], stage: 'split' };
  const bytes = await readBytesAt(source.path, place.start, place.length);
  const example = parseRecord(datasetExampleSchema, bytes.toString('utf8'), source);
  if (example.id !== id) {
    throw new AppError('CONFLICT', `${source.path} was written anew while it was being read.`, {
      hint: 'Try again when the pipeline has ended.',
    });
  }
  const { prompt, completion, promptTokens, completionTokens, linkedTables } = example;
  return { prompt, completion, promptTokens, completionTokens, linkedTables };
}

function listNearDuplicates(index: DatasetIndex, example: IndexedExample): ExampleDetail['nearDuplicates'] {
  return example.nearDuplicates.flatMap(({ id, similarity }) => {
    const twin = index.byId.get(id);
    return twin === undefined ? [] : [{ id, question: twin.question, split: twin.split, similarity }];
  });
}

function listSameSql(index: DatasetIndex, { pair }: IndexedExample): ExampleDetail['sameSql'] {
  return index.examples
    .filter(({ pair: other }) => other.dbId === pair.dbId && other.sqliteSql === pair.sqliteSql)
    .filter(({ pair: other }) => other.id !== pair.id)
    .map((other) => ({ id: other.pair.id, question: other.question }));
}
