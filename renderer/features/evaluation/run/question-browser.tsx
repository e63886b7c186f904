import { useMemo, useState } from 'react';
import type { EvaluationReport, FailureCause } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { replaceRoute } from '../../../lib/navigation.ts';
import { QuestionFilters } from './question-filters.tsx';
import { QuestionList } from './question-list.tsx';
import { QuestionView } from './question-view.tsx';
import { filterQuestions, firstFilter, noFilter, type QuestionFilter } from './question-filter.ts';

const text = copy.evaluation.questions;

interface QuestionBrowserProps {
  runId: string;
  report: EvaluationReport;
  questionId: string | undefined;
  /** The cause that was picked on the overview. */
  cause: FailureCause | undefined;
}

/** The questions of a run: those that fit, and one of them with both statements. */
export function QuestionBrowser({ runId, report, questionId, cause }: QuestionBrowserProps) {
  const [filter, setFilter] = useState((): QuestionFilter => {
    if (cause !== undefined) return { ...noFilter, verdict: 'wrong', cause };
    const isRight = report.rows.find(({ id }) => id === questionId)?.correct === true;
    return isRight ? noFilter : firstFilter(report);
  });
  const rows = useMemo(() => filterQuestions(report.rows, filter), [report.rows, filter]);
  const open = (id: string) => replaceRoute('evaluation', 'runs', runId, id);
  const at = rows.findIndex(({ id }) => id === questionId);
  const chosen = report.rows.find(({ id }) => id === questionId);
  const step = (by: number) => {
    const next = rows[at + by];
    return next === undefined ? undefined : () => open(next.id);
  };
  return (
    <div className="grid h-full grid-cols-[minmax(300px,380px)_minmax(0,1fr)] gap-4 pt-3 pb-4">
      <section className="card flex min-h-0 flex-col" aria-label={text.list}>
        <QuestionFilters report={report} filter={filter} onChange={setFilter} />
        <p
          className="flex items-center gap-2 border-b border-border px-3 py-1 text-xs text-text-2"
          role="status"
        >
          {text.found(rows.length, report.rows.length)}
        </p>
        {rows.length === 0 ? (
          <div className="grid justify-items-start gap-2 p-4 text-s text-text-2">
            {text.none}
            <Button small onClick={() => setFilter(noFilter)}>
              {text.reset}
            </Button>
          </div>
        ) : (
          <QuestionList rows={rows} chosenId={questionId} onOpen={open} />
        )}
      </section>
      <section className="card flex min-h-0 flex-col" aria-label={text.statements}>
        {chosen ? (
          <QuestionView
            key={chosen.id}
            runId={runId}
            split={report.split}
            row={chosen}
            onPrevious={step(-1)}
            onNext={step(1)}
          />
        ) : (
          <p className="m-auto p-6 text-text-2">{text.pick}</p>
        )}
      </section>
    </div>
  );
}
