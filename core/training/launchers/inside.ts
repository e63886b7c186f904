import { resolve, sep } from 'node:path';
import { AppError } from '../../contract/index.ts';

/** At the top of a run's folder: what the app itself writes, and what it reads in another way. Another machine never gives these. */
export const ownNames: ReadonlySet<string> = new Set([
  ...['recipe.yaml', 'launch.json', 'process.json', 'exit.json', 'events.jsonl', 'trainer.log'],
  ...['dataset-version.json', 'data', 'base', 'gates'],
]);

/** Where a file that another machine names lies in a folder here. @throws AppError DATASET_CORRUPT where that is outside */
export function inside(folder: string, path: string, place: string): string {
  const whole = resolve(folder, path);
  if (whole.startsWith(resolve(folder) + sep)) return whole;
  throw strangeName(path, place);
}

/** As `inside`, for what a run has made. @throws AppError DATASET_CORRUPT also for the app's own files */
export function insideRun(runDir: string, path: string, place: string): string {
  const whole = inside(runDir, path, place);
  const [first = ''] = whole.slice(resolve(runDir).length + 1).split(sep);
  if (ownNames.has(first)) throw strangeName(path, place);
  return whole;
}

function strangeName(path: string, place: string): AppError {
  return new AppError('DATASET_CORRUPT', `${place} names a file that a run does not make: ${path}`, {
    hint: 'Somebody else may write there. It was not brought.',
  });
}
