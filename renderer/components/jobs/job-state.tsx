import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleStop,
  LoaderCircle,
  type LucideIcon,
} from 'lucide-react';
import type { Job, JobState } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

const looks: Record<JobState, { icon: LucideIcon; tone: string }> = {
  queued: { icon: CircleDashed, tone: 'text-text-2' },
  preparing: { icon: LoaderCircle, tone: 'text-accent' },
  running: { icon: LoaderCircle, tone: 'text-accent' },
  cancelling: { icon: LoaderCircle, tone: 'text-warning' },
  succeeded: { icon: CircleCheck, tone: 'text-success' },
  failed: { icon: CircleAlert, tone: 'text-danger' },
  cancelled: { icon: Ban, tone: 'text-text-2' },
  interrupted: { icon: CirclePause, tone: 'text-warning' },
};

/** As a run's own state says it. */
const stoppedLook = { icon: CircleStop, tone: 'text-warning' };

/** A job's state in a word and a sign. */
export function JobStateMark({ state, stopped = false }: Pick<Job, 'state' | 'stopped'>) {
  const { icon: Icon, tone } = stopped ? stoppedLook : looks[state];
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap text-s font-medium ${tone}`}>
      <Icon aria-hidden size={16} className={Icon === LoaderCircle ? 'spinner' : 'flex-none'} />
      {stopped ? copy.jobs.stopped : copy.jobs.states[state]}
    </span>
  );
}
