import {
  AppError,
  type DatabaseSchema,
  type DatasetExample,
  type DatasetSplit,
  type Override,
  type ProvenPair,
} from '../../contract/index.ts';
import { choosePair, indexOverrides, type ChosenPair } from '../format/choose-pairs.ts';
import type { FormattedExample } from '../format/formatted-example.ts';
import { createTimeSlices } from '../reading/time-slices.ts';
import { findCautions, type ColumnSamples } from './find-cautions.ts';
import { gradePair } from './grade-pair.ts';

export interface CompleteOptions {
  pairs: readonly ProvenPair[];
  overrides: readonly Override[];
  schemaOf: (dbId: string) => Promise<DatabaseSchema>;
  samplesOf: (dbId: string) => Promise<ColumnSamples[]>;
  splitOf: (dbId: string) => DatasetSplit;
  signal?: AbortSignal | undefined;
}

/**
 * Makes whole examples of formatted ones: with their pair, its override, its hardness and its split.
 * @throws AppError DATASET_CORRUPT where an example has no usable pair: what was formatted is out of date
 */
export async function completeExamples(
  formatted: readonly FormattedExample[],
  { pairs, overrides, schemaOf, samplesOf, splitOf, signal }: CompleteOptions,
): Promise<DatasetExample[]> {
  const pairById = new Map(pairs.map((pair) => [pair.id, pair]));
  const overrideById = indexOverrides(overrides, pairs);
  const rest = createTimeSlices(signal);
  const examples: DatasetExample[] = [];
  for (const { id, dbId, ...prompted } of formatted) {
    const pair = pairById.get(id);
    const choice = pair && choosePair(pair, overrideById.get(id));
    if (choice === undefined || 'leftOut' in choice) throw refuseStale(id);
    const { question, sql, override } = choice;
    const cautions = await findCautions(choice, await schemaOf(dbId), await samplesOf(dbId));
    examples.push({
      id,
      split: splitOf(dbId),
      dbId,
      question,
      sql,
      sqliteSql: choice.pair.sqliteSql,
      hardness: await gradePair(choice, await schemaOf(dbId)),
      ...describeProof(choice),
      ...(cautions.length > 0 && { cautions }),
      ...prompted,
      ...(override !== undefined && { override }),
    });
    await rest();
  }
  return examples;
}

/** The pair's proof was made for its own SQL: it says nothing about a corrected one, which carries another. */
function describeProof({ pair, override }: ChosenPair): Pick<DatasetExample, 'outcome' | 'equality'> {
  if (override?.sql !== undefined) return {};
  const { outcome, equality } = pair;
  return { outcome, ...(equality !== undefined && { equality }) };
}

function refuseStale(id: string): AppError {
  return new AppError('DATASET_CORRUPT', `The formatted example ${id} has no usable pair any more.`, {
    hint: 'Run `sqlcodegen data format` again.',
    details: { id },
  });
}
