import { useId, type ReactNode } from 'react';
import type { EvaluationReport, FailureCause } from '../../../../core/contract/index.ts';
import { hardnessSchema } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import type { QuestionFilter } from './question-filter.ts';

const text = copy.evaluation.questions;
const verdicts = ['all', 'wrong', 'right'] as const;

interface QuestionFiltersProps {
  report: EvaluationReport;
  filter: QuestionFilter;
  onChange(filter: QuestionFilter): void;
}

export function QuestionFilters({ report, filter, onChange }: QuestionFiltersProps) {
  const name = useId();
  const change = (changed: Partial<QuestionFilter>) => onChange({ ...filter, ...changed });
  const wrong = report.n - report.correct;
  const counts = { all: report.n, wrong, right: report.correct };
  return (
    <div className="grid flex-none gap-2 border-b border-border p-3">
      <input
        type="search"
        className="input small"
        aria-label={text.search}
        placeholder={text.searchPlaceholder}
        value={filter.text}
        onChange={(event) => change({ text: event.target.value })}
      />
      <div className="segmented justify-self-start" role="radiogroup" aria-label={text.verdict}>
        {verdicts.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name={name}
              checked={filter.verdict === one}
              // A right answer has no cause.
              onChange={() => change({ verdict: one, ...(one === 'right' ? { cause: '' } : {}) })}
            />
            {text.verdicts[one]}
            <span className="text-xs text-text-2 tabular-nums">{counts[one]}</span>
          </label>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Choice
          label={text.cause}
          value={filter.cause}
          onChoose={(cause) =>
            change({ cause: cause as FailureCause | '', ...(cause === '' ? {} : { verdict: 'wrong' }) })
          }
        >
          <option value="">{text.anyCause}</option>
          {report.causes.map(({ cause, applies }) => (
            <option key={cause} value={cause}>
              {`${copy.evaluation.causes[cause].name} (${applies})`}
            </option>
          ))}
        </Choice>
        <Choice
          label={text.hardness}
          value={filter.hardness}
          onChoose={(hardness) => change({ hardness: hardnessSchema.safeParse(hardness).data ?? '' })}
        >
          <option value="">{text.anyHardness}</option>
          {hardnessSchema.options.map((one) => (
            <option key={one} value={one}>
              {copy.evaluation.hardness[one]}
            </option>
          ))}
        </Choice>
      </div>
      <Choice label={text.database} value={filter.db} onChoose={(db) => change({ db })}>
        <option value="">{text.anyDatabase}</option>
        {report.byDatabase.map(({ db, execution }) => (
          <option key={db} value={db}>
            {`${db} (${execution.n - execution.count} / ${execution.n})`}
          </option>
        ))}
      </Choice>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChoose(value: string): void;
  children: ReactNode;
}

function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <select
      className="input small"
      aria-label={label}
      value={value}
      onChange={(event) => onChoose(event.target.value)}
    >
      {children}
    </select>
  );
}
