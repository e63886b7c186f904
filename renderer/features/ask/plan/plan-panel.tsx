import { Copy, Gauge, Ruler, Square, Workflow } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { AppError, type QueryPlan } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { PlanTree } from './plan-tree.tsx';

interface PlanPanelProps {
  connectionId: string | undefined;
  sql: string;
  /** A database is there, and nothing else is running. */
  canRun: boolean;
}

const texts = copy.plan;

/** The plan of the statement on show, made when it is asked for. */
export function PlanPanel({ connectionId, sql, canRun }: PlanPanelProps) {
  const { state, explain, cancel } = usePlan(connectionId);
  const disabled = !canRun || sql.trim() === '' || state.kind === 'running';
  const actions = (
    <>
      <Button small icon={Gauge} disabled={disabled} onClick={() => void explain(sql, true)}>
        {texts.measure}
      </Button>
      <Button small icon={Ruler} disabled={disabled} onClick={() => void explain(sql, false)}>
        {texts.estimate}
      </Button>
    </>
  );
  if (state.kind === 'idle') {
    const hint = sql.trim() === '' ? texts.noStatement : texts.emptyHint;
    return <EmptyState icon={Workflow} title={texts.emptyTitle} hint={hint} actions={actions} />;
  }
  if (state.kind === 'running') {
    return (
      <div className="empty-state" role="status">
        <Spinner size={24} />
        {state.analyze ? texts.running : texts.planning}
        <Button small icon={Square} onClick={cancel}>
          {copy.common.cancel}
        </Button>
      </div>
    );
  }
  if (state.kind === 'failed') {
    const retry = () => void explain(sql, state.analyze);
    return (
      <div className="p-4">
        <FailureNotice title={texts.failed} error={state.error} onRetry={retry} />
      </div>
    );
  }
  return (
    <section className="flex min-h-0 flex-1 flex-col" aria-label={texts.label}>
      <PlanHead plan={state.plan} isOutdated={state.sql !== sql}>
        {actions}
      </PlanHead>
      <PlanTree key={state.id} plan={state.plan} />
    </section>
  );
}

interface PlanHeadProps {
  plan: QueryPlan;
  isOutdated: boolean;
  children: React.ReactNode;
}

function PlanHead({ plan, isOutdated, children }: PlanHeadProps) {
  const toast = useToast();
  const { analyzed, planningMs, executionMs, raw } = plan;
  async function copyRaw(): Promise<void> {
    toast((await copyText(raw)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-s">
      <strong>{texts.total(planningMs, executionMs)}</strong>
      <span className="text-text-2">{analyzed ? texts.measured : texts.estimated}</span>
      {isOutdated && <em className="text-warning">{texts.outdated}</em>}
      <span className="grow" />
      {children}
      <Button variant="ghost" small icon={Copy} onClick={() => void copyRaw()}>
        {texts.copyRaw}
      </Button>
    </div>
  );
}

type PlanState =
  | { kind: 'idle' }
  | { kind: 'running'; analyze: boolean }
  | { kind: 'failed'; error: AppError; analyze: boolean }
  | { kind: 'done'; plan: QueryPlan; sql: string; id: number };

let planCount = 0;

/** One plan at a time; leaving the page or the database stops the statement on the server. */
function usePlan(connectionId: string | undefined) {
  const core = useCore();
  const [state, setState] = useState<PlanState>({ kind: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      running.current?.abort();
      setState({ kind: 'idle' });
    },
    [connectionId],
  );
  async function explain(sql: string, analyze: boolean): Promise<void> {
    if (connectionId === undefined) return;
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setState({ kind: 'running', analyze });
    try {
      const plan = await core['postgres.explainPlan']({ connectionId, sql, analyze }, { signal });
      if (!signal.aborted) setState({ kind: 'done', plan, sql, id: (planCount += 1) });
    } catch (error) {
      if (!signal.aborted) setState({ kind: 'failed', error: AppError.from(error), analyze });
    }
  }
  function cancel(): void {
    running.current?.abort();
    setState({ kind: 'idle' });
  }
  return { state, explain, cancel };
}
