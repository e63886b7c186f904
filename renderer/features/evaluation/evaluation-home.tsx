import { ChartColumn, Play } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { copy } from '../../copy.ts';
import { useActions } from '../../lib/actions.ts';
import { useLinkState } from '../../lib/core-context.tsx';
import { useRuns } from './evaluation-queries.ts';
import { RunsTable } from './runs-table.tsx';
import { StartForm } from './start/start-form.tsx';
import { useStart, useStarterRequest } from './start/use-start.ts';

const text = copy.evaluation;

/** Starts a run, and lists those that are kept. */
export function EvaluationHome() {
  const runs = useRuns();
  const { kind } = useLinkState();
  const start = useStart();
  const request = useStarterRequest();
  const { mutate } = start;
  const actions = useMemo(
    () => [
      {
        id: 'evaluation.starter',
        title: text.actions.starter,
        group: copy.pages.evaluation,
        run: () => mutate(request),
      },
    ],
    [mutate, request],
  );
  useActions(actions);
  return (
    <div className="page scroll">
      <div className="mx-auto grid max-w-[1280px] gap-6 px-6 py-6">
        <div>
          <h1>{copy.pages.evaluation}</h1>
          <p className="max-w-[90ch] text-text-2">{text.intro}</p>
          {kind === 'reconnecting' && <p className="text-s text-text-2">{text.disconnected}</p>}
        </div>
        {runs.isError && (
          <FailureNotice title={text.runs.failed} error={runs.error} onRetry={() => void runs.refetch()} />
        )}
        {runs.data?.length === 0 && (
          <section className="card py-4" aria-label={text.none.title}>
            <EmptyState
              icon={ChartColumn}
              title={text.none.title}
              hint={text.none.hint}
              actions={
                <Button
                  variant="primary"
                  icon={Play}
                  disabled={start.isPending || kind !== 'connected'}
                  onClick={() => mutate(request)}
                >
                  {text.none.action}
                </Button>
              }
            />
          </section>
        )}
        {start.isError && (
          <FailureNotice title={text.start.failed} error={start.error} onRetry={() => mutate(request)} />
        )}
        <StartForm runs={runs.data ?? []} />
        {runs.isPending && <p role="status">{copy.common.loading}</p>}
        {runs.data !== undefined && runs.data.length > 0 && <RunsTable runs={runs.data} />}
      </div>
    </div>
  );
}
