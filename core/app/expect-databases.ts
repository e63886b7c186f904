import { AppError, type ProvenPair } from '../contract/index.ts';

/**
 * A name that nothing has would measure nothing, and print it as a result.
 * @throws AppError INVALID_INPUT naming the first that no example is about
 */
export function expectDatabases(wanted: string[] | undefined, pairs: Pick<ProvenPair, 'dbId'>[]): void {
  const known = new Set(pairs.map(({ dbId }) => dbId));
  const absent = wanted?.find((dbId) => !known.has(dbId));
  if (absent === undefined) return;
  const examples = [...known].sort().slice(0, 3).join(', ');
  throw new AppError('INVALID_INPUT', `There is no database ${absent} in the dataset.`, {
    hint: `Its databases are ${examples} and so on (${known.size} in all).`,
  });
}
