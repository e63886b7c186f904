import { ArrowLeft, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { AppError, type TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { Tabs } from '../../../components/tabs.tsx';
import { copy } from '../../../copy.ts';
import { useLinkState } from '../../../lib/core-context.tsx';
import { hrefOf, navigate, replaceRoute } from '../../../lib/navigation.ts';
import { openExternally } from '../open-externally.ts';
import { isLive } from '../training-queries.ts';
import { RunCheckpoints } from './run-checkpoints.tsx';
import { RunDialogs } from './run-dialogs.tsx';
import { RunHappenings } from './run-happenings.tsx';
import { RunHead } from './run-head.tsx';
import { RunLog } from './run-log.tsx';
import type { RunQuestion } from './run-menu.tsx';
import { RunOverview } from './run-overview.tsx';
import { RunSetup } from './run-setup.tsx';
import { useRunVerbs, type RunVerbs } from './use-run-verbs.ts';
import { useRunWatch, type RunWatch } from './use-run-watch.ts';

const text = copy.training;
const views = ['overview', 'checkpoints', 'log', 'events', 'setup'] as const;
type View = (typeof views)[number];

interface RunPageProps {
  runId: string;
  /** What comes behind the run in the address. */
  view: string | undefined;
}

/** One run, watched while it goes on, read afterwards. */
export function RunPage({ runId, view }: RunPageProps) {
  const watch = useRunWatch(runId);
  if (!watch.run) {
    return (
      <div className="page flex flex-col px-6 py-4">
        <a className="inline-flex items-center gap-1 self-start text-s" href={hrefOf('training')}>
          <ArrowLeft aria-hidden size={16} />
          {text.allRuns}
        </a>
        {watch.error === undefined ? <Loading /> : <Missing error={watch.error} onRetry={watch.restart} />}
      </div>
    );
  }
  const shown = views.find((one) => one === view) ?? 'overview';
  return <Run watch={watch} run={watch.run} view={shown} onChanged={watch.restart} />;
}

function Loading() {
  return (
    <div className="empty-state" role="status">
      <Spinner size={24} />
      {copy.common.loading}
    </div>
  );
}

function Missing({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const { code, message, hint = '' } = AppError.from(error);
  if (code !== 'NOT_FOUND') {
    return (
      <div className="pt-4">
        <FailureNotice title={text.runFailed} error={error} onRetry={onRetry} />
      </div>
    );
  }
  return (
    <EmptyState
      icon={SearchX}
      title={message}
      hint={hint}
      actions={<Button onClick={() => navigate('training')}>{text.allRuns}</Button>}
    />
  );
}

interface RunProps {
  watch: RunWatch;
  run: TrainingRunInfo;
  view: View;
  onChanged(): void;
}

function Run({ watch, run, view, onChanged }: RunProps) {
  const { kind } = useLinkState();
  const verbs = useRunVerbs(run, onChanged);
  const [asked, setAsked] = useState<{ question: RunQuestion; checkpoint?: string }>();
  const ask = (question: RunQuestion) => setAsked({ question });
  useOpenedUrl(verbs.tensorBoardUrl);
  return (
    <div className="page flex flex-col">
      <RunHead run={run} verbs={verbs} onAsk={ask} />
      {watch.error !== undefined && (
        <div className="px-6 pb-3">
          <FailureNotice title={text.watchFailed} error={watch.error} onRetry={onChanged} />
        </div>
      )}
      {kind === 'reconnecting' && <p className="px-6 pb-2 text-s text-text-2">{text.runDisconnected}</p>}
      <div className="flex min-h-0 flex-1 flex-col [&>.tab-panel]:min-h-0 [&>.tab-panel]:flex-1 [&>.tabs]:flex-none [&>.tabs]:px-6">
        <Tabs
          label={text.views.label}
          tabs={views.map((id) => ({ id, title: titleOf(id, watch, run) }))}
          chosen={view}
          onChoose={(next) => replaceRoute('training', 'run', run.id, next)}
        >
          <div
            className="scroll h-full px-6 pb-6 [&>*]:mt-4"
            tabIndex={view === 'log' ? undefined : 0}
            role="region"
            aria-label={text.views[view]}
          >
            <Panel
              {...{ watch, run, view, verbs }}
              onResume={() => ask('resume')}
              onExport={(checkpoint) => setAsked({ question: 'export', checkpoint })}
            />
          </div>
        </Tabs>
      </div>
      <RunDialogs
        run={run}
        verbs={verbs}
        question={asked?.question}
        checkpoint={asked?.checkpoint}
        onClose={() => setAsked(undefined)}
      />
    </div>
  );
}

function titleOf(view: View, { happenings }: RunWatch, { checkpoints }: TrainingRunInfo): string {
  const warnings = happenings.filter(({ kind }) => kind === 'warning').length;
  if (view === 'checkpoints') return text.views.count(text.views.checkpoints, checkpoints.length);
  if (view === 'events') return text.views.warnings(text.views.events, warnings);
  return text.views[view];
}

interface PanelProps {
  watch: RunWatch;
  run: TrainingRunInfo;
  view: View;
  verbs: RunVerbs;
  onResume(): void;
  onExport(checkpoint: string): void;
}

function Panel({ watch, run, view, verbs, onResume, onExport }: PanelProps) {
  switch (view) {
    case 'overview':
      return <RunOverview run={run} verbs={verbs} curves={watch.curves} onResume={onResume} />;
    case 'checkpoints':
      return <RunCheckpoints run={run} verbs={verbs} onExport={onExport} />;
    case 'log':
      return (
        <div className="h-[calc(100%-16px)]">
          <RunLog runId={run.id} total={watch.logLines} isLive={isLive(run)} />
        </div>
      );
    case 'events':
      return <RunHappenings happenings={watch.happenings} />;
    case 'setup':
      return <RunSetup run={run} />;
  }
}

/** A browser may refuse to open what was not clicked: the page shows the link as well. */
function useOpenedUrl(url: string | undefined): void {
  useEffect(() => {
    if (url !== undefined) openExternally(url);
  }, [url]);
}
