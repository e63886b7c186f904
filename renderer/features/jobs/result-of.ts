import type { Job } from '../../../core/contract/index.ts';
import type { Page } from '../../lib/navigation.ts';

/** Whether a job serves a training run: the run's page says more than the job's own. */
export function isOfTraining({ kind }: Job): boolean {
  return kind === 'training' || kind === 'training-fetch' || kind === 'training-export';
}

/** Where what a job makes is shown; undefined where there is nothing yet. */
export function resultOf(job: Job): [Page, ...string[]] | undefined {
  const { kind, resultId, subjectId } = job;
  if (kind === 'dataset') return ['dataset'];
  if (isOfTraining(job)) return subjectId === undefined ? undefined : ['training', 'run', subjectId];
  if (resultId === undefined) return undefined;
  return kind === 'evaluation' ? ['evaluation', 'runs', resultId] : undefined;
}
