import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { hasReachedEnd } from '../training-queries.ts';

const text = copy.training.verbs;

/** It goes on from a checkpoint, beyond its end, or from nothing. */
export function resumeLabelOf(run: Pick<TrainingRunInfo, 'state' | 'checkpoints'>): string {
  if (hasReachedEnd(run)) return text.further;
  return run.checkpoints.length === 0 ? text.startAgain : text.resume;
}
