import type { TrainingRunInfo } from '../../../../core/contract/index.ts';

/** What to do with a run that has ended: the closed loop's own panel. */
export function AfterRun({ run: _ }: { run: TrainingRunInfo }) {
  return null;
}
