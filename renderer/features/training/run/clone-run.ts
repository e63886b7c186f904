import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { requestTraining } from '../../../lib/training-request.ts';

/** Opens the wizard with what the run was asked for; nothing where it was started outside the app. */
export function cloneRun({ draft, name }: Pick<TrainingRunInfo, 'draft' | 'name'>): void {
  if (!draft) return;
  requestTraining({ draft: { ...draft, name: copy.training.verbs.cloneName(name) }, copiedFrom: name });
}
