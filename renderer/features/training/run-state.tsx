import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleStop,
  CloudOff,
  LoaderCircle,
  type LucideIcon,
} from 'lucide-react';
import type { TrainingRunState } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

const looks: Record<TrainingRunState, { icon: LucideIcon; tone: string }> = {
  preparing: { icon: LoaderCircle, tone: 'text-accent' },
  waiting: { icon: CircleDashed, tone: 'text-accent' },
  running: { icon: LoaderCircle, tone: 'text-accent' },
  stopping: { icon: LoaderCircle, tone: 'text-warning' },
  unreachable: { icon: CloudOff, tone: 'text-warning' },
  paused: { icon: CirclePause, tone: 'text-warning' },
  finished: { icon: CircleCheck, tone: 'text-success' },
  stopped: { icon: CircleStop, tone: 'text-warning' },
  stopped_early: { icon: CircleCheck, tone: 'text-success' },
  cancelled: { icon: Ban, tone: 'text-text-2' },
  failed: { icon: CircleAlert, tone: 'text-danger' },
  lost: { icon: CircleAlert, tone: 'text-danger' },
};

/** A run's state in a word and a sign. */
export function RunStateMark({ state }: { state: TrainingRunState }) {
  const { icon: Icon, tone } = looks[state];
  return (
    <span
      className={`inline-flex items-center gap-1 text-s font-medium whitespace-nowrap ${tone}`}
      title={copy.training.stateHints[state]}
    >
      <Icon aria-hidden size={16} className={Icon === LoaderCircle ? 'spinner' : 'flex-none'} />
      {copy.training.states[state]}
    </span>
  );
}
