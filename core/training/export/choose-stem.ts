import { readOrigin } from '../../models/origin.ts';

/**
 * What a run's files are called before their type: the run's id, and the checkpoint behind it where there are files of
 * another one, which may be in use and are left alone. Runs may share a name, but no id.
 * @param exports files that were made from the run before
 */
export async function chooseStem(runId: string, step: number, exports: readonly string[]): Promise<string> {
  const origins = await Promise.all(exports.map(readOrigin));
  const isOther = origins.some((origin) => origin?.kind === 'run' && origin.step !== step);
  return isOther ? `${runId}-step-${String(step).padStart(6, '0')}` : runId;
}
