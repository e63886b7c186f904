import { AppError, provenPairSchema } from '../../contract/index.ts';
import type { ProvenPair } from '../../contract/index.ts';
import { readLines } from '../reading/read-lines.ts';

/**
 * One pair of `pairs.jsonl`, without reading all of them into memory.
 * @throws AppError NOT_FOUND; DATASET_MISSING where there is no such file
 */
export async function findPair(pairsFile: string, id: string): Promise<ProvenPair> {
  const wanted = `"id":${JSON.stringify(id)}`;
  try {
    for await (const { bytes } of readLines(pairsFile)) {
      if (!bytes.includes(wanted)) continue;
      const pair = provenPairSchema.parse(JSON.parse(bytes.toString()));
      if (pair.id === id) return pair;
    }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const what = isMissing ? `There is no ${pairsFile}` : `${pairsFile} has a line that is no pair`;
    throw new AppError(isMissing ? 'DATASET_MISSING' : 'DATASET_CORRUPT', `${what}.`, {
      hint: 'Run `sqlcodegen data convert` first.',
      cause: error,
    });
  }
  throw new AppError('NOT_FOUND', `There is no example ${id}.`, {
    hint: "An id is Spider's split and the position in its file, from 0: dev:12, train_spider:6999.",
  });
}
