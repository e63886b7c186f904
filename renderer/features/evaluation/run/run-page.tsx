import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, FileCode2, FileJson2, Play } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import {
  AppError,
  hasEnded,
  type EvaluationReport,
  type EvaluationSummary,
  type FailureCause,
} from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Tabs } from '../../../components/tabs.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { useActions } from '../../../lib/actions.ts';
import { downloadText } from '../../../lib/clipboard.ts';
import { useCore, useLinkState } from '../../../lib/core-context.tsx';
import { useJob } from '../../../lib/jobs.tsx';
import { hrefOf } from '../../../lib/navigation.ts';
import { useRunReport, useRuns } from '../evaluation-queries.ts';
import { LiveRun } from './live-run.tsx';
import { QuestionBrowser } from './question-browser.tsx';

const RunOverview = lazy(async () => ({ default: (await import('./run-overview.tsx')).RunOverview }));

const text = copy.evaluation.run;

interface RunPageProps {
  id: string;
  /** The question that is open. */
  questionId: string | undefined;
}

/** One run: watched while it is measured, read afterwards. */
export function RunPage({ id, questionId }: RunPageProps) {
  const runs = useRuns();
  const jobId = runs.data?.find((run) => run.id === id)?.jobId;
  const read = useRunReport(id, jobId);
  return (
    <div className="page flex flex-col">
      <div className="flex-none px-6 pt-4">
        <a className="inline-flex items-center gap-1 text-s" href={hrefOf('evaluation')}>
          <ArrowLeft aria-hidden size={16} />
          {text.back}
        </a>
      </div>
      {read.isError && !read.data && (
        <div className="px-6 py-4">
          <FailureNotice title={text.failed} error={read.error} onRetry={() => void read.refetch()} />
        </div>
      )}
      {read.isPending && (
        <p className="px-6 py-4" role="status">
          {copy.common.loading}
        </p>
      )}
      {read.data && <Run {...read.data} questionId={questionId} />}
    </div>
  );
}

interface RunProps {
  summary: EvaluationSummary;
  report: EvaluationReport;
  questionId: string | undefined;
}

function Run({ summary, report, questionId }: RunProps) {
  const job = useJob(summary.jobId);
  const isLive = job !== undefined && !hasEnded(job) && !hasEnded(summary);
  return (
    <>
      <Head summary={summary} report={report} />
      <div className="min-h-0 flex-1">
        {isLive ? (
          <div className="scroll h-full px-6 pt-2">
            <LiveRun job={job} />
          </div>
        ) : (
          <div className="flex h-full flex-col">
            <Ending summary={summary} />
            {report.n > 0 && <Views id={summary.id} report={report} questionId={questionId} />}
          </div>
        )}
      </div>
    </>
  );
}

function Head({ summary, report }: { summary: EvaluationSummary; report: EvaluationReport }) {
  const { request, mode } = summary;
  const exportRun = useExport(summary.id);
  const facts = [
    copy.evaluation.modes[mode].name,
    ...(request.db === undefined ? [] : [request.db]),
    ...(request.candidates === undefined ? [] : [`${request.candidates}`]),
    copy.evaluation.when(summary.startedAt),
  ];
  const canExport = report.n > 0 && hasEnded(summary);
  useRunActions(canExport, exportRun);
  return (
    <div className="flex flex-none flex-wrap items-center gap-3 px-6 pt-1 pb-3">
      <div className="grow">
        <h1 className="break-words">
          {text.title(summary.model, copy.evaluation.splits[request.split].name)}
        </h1>
        <p className="text-s text-text-2">
          {facts.join(' · ')}
          {summary.jobId !== undefined && (
            <>
              {' · '}
              <a href={hrefOf('jobs', summary.jobId)}>{text.openJob}</a>
            </>
          )}
        </p>
      </div>
      {canExport && (
        <>
          <Button icon={FileCode2} onClick={() => exportRun('html')}>
            {text.exportHtml}
          </Button>
          <Button icon={FileJson2} onClick={() => exportRun('json')}>
            {text.exportJson}
          </Button>
        </>
      )}
    </div>
  );
}

/** Why there is not all of it, and how to go on. */
function Ending({ summary }: { summary: EvaluationSummary }) {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const toast = useToast();
  const job = useJob(summary.jobId);
  const resume = useMutation({
    mutationFn: () => core['evaluation.resume']({ id: summary.id }),
    onError: (error) => toast(AppError.from(error).message),
  });
  if (summary.state === 'succeeded') return null;
  const { n, total } = summary;
  const part = n === 0 ? text.nothingYet : text.part(n, total ?? n);
  return (
    <div className="flex-none px-6 pb-3">
      <Notice
        tone={summary.state === 'failed' ? 'error' : 'warning'}
        title={copy.jobs.states[summary.state]}
        message={[job?.error?.message, part].filter(Boolean).join(' ')}
        hint={[job?.error?.hint, text.resumeHint].filter(Boolean).join(' ')}
        actions={
          <Button
            small
            variant="primary"
            icon={Play}
            disabled={!isConnected || resume.isPending}
            onClick={() => resume.mutate()}
          >
            {text.resume}
          </Button>
        }
      />
    </div>
  );
}

type View = 'overview' | 'questions';

function Views({
  id,
  report,
  questionId,
}: {
  id: string;
  report: EvaluationReport;
  questionId: string | undefined;
}) {
  const [view, setView] = useState<View>(questionId === undefined ? 'overview' : 'questions');
  const [cause, setCause] = useState<FailureCause>();
  const showCause = (picked: FailureCause) => {
    setCause(picked);
    setView('questions');
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col px-6 [&>.tab-panel]:min-h-0 [&>.tab-panel]:flex-1 [&>.tabs]:flex-none">
      <Tabs
        label={text.tabs.label}
        tabs={[
          { id: 'overview', title: text.tabs.overview },
          { id: 'questions', title: text.tabs.questions },
        ]}
        chosen={view}
        onChoose={(next) => setView(next)}
      >
        {view === 'overview' ? (
          <div className="scroll h-full pt-4" tabIndex={0} role="region" aria-label={text.tabs.overview}>
            <Suspense fallback={<p role="status">{copy.common.loading}</p>}>
              <RunOverview report={report} onCause={showCause} />
            </Suspense>
          </div>
        ) : (
          <QuestionBrowser key={cause} runId={id} report={report} questionId={questionId} cause={cause} />
        )}
      </Tabs>
    </div>
  );
}

type ExportRun = (format: 'html' | 'json') => void;

function useExport(id: string): ExportRun {
  const core = useCore();
  const toast = useToast();
  const { mutate } = useMutation({
    mutationFn: (format: 'html' | 'json') => core['evaluation.export']({ id, format }),
    onSuccess: ({ fileName, mediaType, text: content }) => {
      downloadText(fileName, content, `${mediaType};charset=utf-8`);
      toast(text.exported(fileName));
    },
    onError: (error) => toast(`${text.exportFailed}: ${AppError.from(error).message}`),
  });
  return mutate;
}

function useRunActions(canExport: boolean, exportRun: ExportRun): void {
  const actions = useMemo(() => {
    const group = copy.pages.evaluation;
    if (!canExport) return [];
    return [
      { id: 'evaluation.html', title: text.exportHtml, group, run: () => exportRun('html') },
      { id: 'evaluation.json', title: text.exportJson, group, run: () => exportRun('json') },
    ];
  }, [canExport, exportRun]);
  useActions(actions);
}
