import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { DoctorCheck } from '../../../../../core/contract/index.ts';
import { Told } from '../../../../components/told.tsx';
import { copy } from '../../../../copy.ts';
import { hrefOf } from '../../../../lib/navigation.ts';
import { stepOfCheck } from '../find-faults.ts';

const text = copy.wizard.doctor;

const looks = {
  failure: { icon: CircleAlert, tone: 'text-danger' },
  warning: { icon: TriangleAlert, tone: 'text-warning' },
  ok: { icon: CircleCheck, tone: 'text-success' },
};
const order = Object.keys(looks);

/** The worst first; in the doctor's own order among the same. */
export function CheckList({ checks }: { checks: readonly DoctorCheck[] }) {
  const sorted = checks.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return (
    <section aria-label={text.checks} className="grid gap-2">
      <h3 className="text-s font-semibold">{text.checks}</h3>
      <ul className="grid rounded-m border border-border">
        {sorted.map((check) => (
          <CheckRow key={check.id} check={check} />
        ))}
      </ul>
    </section>
  );
}

const labels: Partial<Record<string, { label: string }>> = copy.wizard.recipe.values;

/** The trainer speaks of its own options; here they have the names that stand under “Change values”. */
function nameOptions(said: string): string {
  return said.replace(/\b(?:adapter|data|evaluate|optimizer|train)\.([a-z_]+)\b/g, (option, key: string) => {
    const value = labels[key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    return value ? `“${value.label}”` : option;
  });
}

function CheckRow({ check }: { check: DoctorCheck }) {
  const { status, title, detail, hint } = check;
  const { icon: Icon, tone } = looks[status];
  const step = status === 'ok' ? undefined : stepOfCheck(check);
  return (
    <li className="flex items-start gap-3 px-3 py-2 not-first:border-t not-first:border-border">
      <Icon aria-hidden size={18} className={`mt-[1px] flex-none ${tone}`} />
      <div className="grid min-w-0 flex-1 gap-[2px]">
        <p className="font-medium">
          {title} <span className={`text-xs font-semibold ${tone}`}>{text.statuses[status]}</span>
        </p>
        {detail !== '' && (
          <p className="text-s whitespace-pre-line text-text-2 [overflow-wrap:anywhere]">
            {nameOptions(detail)}
          </p>
        )}
        {hint !== '' && status !== 'ok' && (
          <p className="text-s whitespace-pre-line [overflow-wrap:anywhere]">
            <Told text={nameOptions(hint)} />
          </p>
        )}
      </div>
      {step && (
        <a className="flex-none text-s" href={hrefOf('training', 'new', step)}>
          {text.toStep(copy.wizard.stepNames[step])}
        </a>
      )}
    </li>
  );
}
