import { CircleAlert, CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import type { PairOutcome } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

const looks = {
  verified: { icon: CircleCheck, tone: 'text-success' },
  'verified-on-generated-rows': { icon: CircleDashed, tone: 'text-success' },
  nondeterministic: { icon: CircleAlert, tone: 'text-warning' },
  failed: { icon: CircleX, tone: 'text-danger' },
} as const;

/** How a pair ended: a sign, and the word beside it or in its tooltip. */
export function OutcomeMark({ outcome, short = false }: { outcome: PairOutcome; short?: boolean }) {
  const { icon: Icon, tone } = looks[outcome];
  const label = copy.dataset.values.outcome?.[outcome] ?? outcome;
  return (
    <span className="inline-flex min-w-0 items-center gap-1" title={label}>
      <Icon aria-hidden size={14} className={`flex-none ${tone}`} />
      <span className={short ? 'visually-hidden' : 'truncate'}>{label}</span>
    </span>
  );
}
