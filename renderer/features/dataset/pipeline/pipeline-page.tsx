import { useQuery } from '@tanstack/react-query';
import { Play, RefreshCw, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  AppError,
  datasetStageSchema,
  hasEnded,
  type DatasetBuildInput,
  type Job,
} from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { useActions } from '../../../lib/actions.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { datasetKeys, useDatasetStatus, useRefreshDataset } from '../dataset-queries.ts';
import { JobCard } from './job-card.tsx';
import { SourceCard } from './source-card.tsx';
import { StageTable } from './stage-table.tsx';
import { useDatasetJob } from './use-dataset-job.ts';

const text = copy.dataset.pipeline;

/** The stages from Spider's zip to the splits: what each has done, and what it would do. */
export function PipelinePage() {
  const status = useDatasetStatus();
  const refresh = useRefreshDataset();
  const { job, runs, log, follow } = useDatasetJob(() => void refresh());
  const { start, error } = useStart(follow);
  const isBusy = job !== undefined && !hasEnded(job);
  return (
    <div className="scroll h-full px-6 pb-6">
      <div className="grid max-w-[1180px] gap-4">
        <p className="text-text-2">{text.intro}</p>
        {error && <Notice tone="error" title={text.startFailed} message={error.message} hint={error.hint} />}
        {job && <JobCard job={job} log={log} onChanged={follow} />}
        <StagesCard job={job} runs={runs} isBusy={isBusy} onStart={start} />
        <SourceCard
          key={String(status.data?.state)}
          isBusy={isBusy}
          isMissing={status.data?.state === 'missing'}
          folder={status.data?.folder}
          onImport={(source) => start({ source, force: false })}
        />
      </div>
    </div>
  );
}

function useStart(follow: (job: Job) => void) {
  const core = useCore();
  const [error, setError] = useState<AppError>();
  async function start(input: DatasetBuildInput): Promise<void> {
    setError(undefined);
    try {
      follow(await core['dataset.startBuild'](input));
    } catch (failure) {
      setError(AppError.from(failure));
    }
  }
  return { start: (input: DatasetBuildInput) => void start(input), error };
}

interface StagesCardProps {
  job: Job | undefined;
  runs: ReturnType<typeof useDatasetJob>['runs'];
  isBusy: boolean;
  onStart(input: DatasetBuildInput): void;
}

function StagesCard({ job, runs, isBusy, onStart }: StagesCardProps) {
  const core = useCore();
  const [isAsking, setAsking] = useState(false);
  const check = useQuery({
    queryKey: datasetKeys.check,
    queryFn: ({ signal }) => core['dataset.check']({}, { signal }),
    staleTime: Infinity,
    // What is being written is not compared.
    enabled: !isBusy,
  });
  const canRun = !isBusy && check.data?.some(({ state }) => state !== 'done') === true;
  usePipelineActions(isBusy, onStart);
  return (
    <section className="card" aria-label={text.stagesTitle}>
      <div className="card-head">
        <h2>{text.stagesTitle}</h2>
        {check.isFetching && (
          <span className="flex items-center gap-2 text-s text-text-2" role="status">
            <Spinner /> {text.checking}
          </span>
        )}
        <span className="grow" />
        <IconButton
          icon={RefreshCw}
          label={text.check}
          disabled={isBusy || check.isFetching}
          onClick={() => void check.refetch()}
        />
        <Button small variant="ghost" icon={RotateCcw} disabled={isBusy} onClick={() => setAsking(true)}>
          {text.rerunAll}
        </Button>
        <Button
          small
          variant={canRun ? 'primary' : 'secondary'}
          icon={Play}
          disabled={!canRun}
          onClick={() => onStart({ force: false })}
        >
          {text.runAll}
        </Button>
      </div>
      {check.error && (
        <div className="p-4">
          <FailureNotice title={text.checkFailed} error={check.error} onRetry={() => void check.refetch()} />
        </div>
      )}
      <StageTable
        checks={check.data ?? []}
        running={isBusy ? findStage(job) : undefined}
        runs={runs}
        isBusy={isBusy}
        onRun={(stage, force) => onStart({ stages: [stage], force })}
      />
      {isAsking && (
        <ConfirmDialog
          title={text.rerunTitle}
          text={text.rerunText}
          action={text.rerunAll}
          onConfirm={() => {
            setAsking(false);
            onStart({ force: true });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

/** The pipeline's messages begin with their stage: `convert: 12/166 …`. */
function findStage(job: Job | undefined) {
  const [name] = (job?.progress?.note ?? '').split(':');
  return datasetStageSchema.options.find((stage) => stage === name);
}

function usePipelineActions(isBusy: boolean, onStart: StagesCardProps['onStart']): void {
  useActions(
    useMemo(
      () =>
        isBusy
          ? []
          : [
              {
                id: 'dataset.pipeline.run',
                title: `${copy.pages.dataset}: ${text.runAll}`,
                group: copy.pages.dataset,
                run: () => onStart({ force: false }),
              },
            ],
      // Starting is the same whichever drawing it came from.
      // eslint-disable-next-line react-hooks/exhaustive-deps
      [isBusy],
    ),
  );
}
