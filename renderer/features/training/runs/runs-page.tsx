import { GraduationCap, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { PromotionsCard } from '../../../components/loop/promotions-card.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { useActions } from '../../../lib/actions.ts';
import { useLinkState } from '../../../lib/core-context.tsx';
import { navigate } from '../../../lib/navigation.ts';
import { useTrainingRuns } from '../training-queries.ts';
import { RunsTable } from './runs-table.tsx';

const text = copy.training;
const startNew = () => navigate('training', 'new');

/** All runs that there are, and the way to a new one. */
export function RunsPage() {
  const runs = useTrainingRuns();
  const { kind } = useLinkState();
  const actions = useMemo(
    () => [{ id: 'training.new', title: text.newRun, group: copy.pages.training, run: startNew }],
    [],
  );
  useActions(actions);
  return (
    <div className="page scroll">
      <div className="mx-auto grid max-w-[1400px] gap-6 px-6 py-6">
        <div className="flex flex-wrap items-start gap-3">
          <div className="grow">
            <h1>{copy.pages.training}</h1>
            <p className="max-w-[90ch] text-text-2">{text.intro}</p>
            {kind === 'reconnecting' && <p className="text-s text-text-2">{text.disconnected}</p>}
          </div>
          {(runs.isError || (runs.data && runs.data.length > 0)) && (
            <Button variant="primary" icon={Plus} onClick={startNew}>
              {text.newRun}
            </Button>
          )}
        </div>
        {runs.isPending && (
          <div className="empty-state" role="status">
            <Spinner size={24} />
            {copy.common.loading}
          </div>
        )}
        {runs.isError && (
          <FailureNotice title={text.runsFailed} error={runs.error} onRetry={() => void runs.refetch()} />
        )}
        {runs.data?.length === 0 && (
          <section className="card py-6" aria-label={text.none}>
            <EmptyState
              icon={GraduationCap}
              title={text.none}
              hint={text.noneHint}
              actions={
                <Button variant="primary" icon={Plus} onClick={startNew}>
                  {text.newRun}
                </Button>
              }
            />
          </section>
        )}
        {runs.data !== undefined && runs.data.length > 0 && <RunsTable runs={runs.data} />}
        <PromotionsCard />
      </div>
    </div>
  );
}
