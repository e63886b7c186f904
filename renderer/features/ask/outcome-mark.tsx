import { CircleAlert, CircleCheck, CircleDashed, CircleHelp, CircleSlash, ShieldAlert } from 'lucide-react';
import type { Outcome } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

/** What became of a statement, as an icon with its word. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  const [Icon, tone] = outcomeIcons[outcome];
  return (
    <span className={`outcome ${tone}`}>
      <Icon aria-hidden />
      {copy.outcomes[outcome]}
    </span>
  );
}

const outcomeIcons = {
  succeeded: [CircleCheck, 'good'],
  'not-run': [CircleDashed, ''],
  refused: [ShieldAlert, 'warn'],
  invalid: [CircleAlert, 'bad'],
  failed: [CircleAlert, 'bad'],
  'timed-out': [CircleAlert, 'bad'],
  cancelled: [CircleSlash, ''],
  'not-answerable': [CircleHelp, 'warn'],
} as const;
