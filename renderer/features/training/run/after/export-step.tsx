import { useMutation } from '@tanstack/react-query';
import { PackageOpen, RotateCw } from 'lucide-react';
import { hasEnded, type Job, type TrainingRunInfo } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { JobActions } from '../../../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../../../components/jobs/job-progress.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { useJobs } from '../../../../lib/jobs.tsx';
import { hrefOf } from '../../../../lib/navigation.ts';

const text = copy.loop.after;

/** The first step: a file that the app can answer with. */
export function ExportStep({ run, files }: { run: TrainingRunInfo; files: readonly string[] }) {
  const core = useCore();
  const start = useMutation({
    mutationFn: () => core['training.export']({ runId: run.id, types: ['Q8_0'] }),
  });
  // Whoever began it: this button, the dialog, or the run itself where its recipe asks for files.
  const job = useLatestExport(run.id);
  const isRunning = start.isPending || (job !== undefined && !hasEnded(job));
  return (
    <div className="grid gap-2">
      <h3 className="m-0">{text.exportTitle}</h3>
      {files.length === 0 && <p className="text-s text-text-2">{text.exportHint}</p>}
      {files.length > 0 && (
        <ul className="m-0 list-none p-0 text-s" aria-label={text.exported(files.length)}>
          {files.map((file) => (
            <li key={file} className="[overflow-wrap:anywhere]">
              <code>{file}</code> <span className="text-text-2">{checkpointOf(file)}</span>
            </li>
          ))}
        </ul>
      )}
      {files.length === 0 && !isRunning && (
        <div>
          <Button
            variant="primary"
            icon={PackageOpen}
            disabled={!run.can.export}
            onClick={() => start.mutate()}
          >
            {text.exportAction}
          </Button>
          {!run.can.export && <p className="text-s text-text-2">{text.noFile}</p>}
        </div>
      )}
      {job && !hasEnded(job) && (
        <div className="grid gap-1" role="group" aria-label={text.exporting}>
          <JobProgressBar job={job} />
          <div>
            <JobActions small job={job} />
          </div>
        </div>
      )}
      {job && job.state !== 'succeeded' && (
        <a className="justify-self-start text-s" href={hrefOf('jobs', job.id)}>
          {text.openJob}
        </a>
      )}
      {job?.error && (
        <Notice
          tone="error"
          title={files.length > 0 ? text.exportBrokeBefore : text.exportBroke}
          message={job.error.message}
          hint={job.error.hint}
          actions={
            <>
              {job.error.code === 'PYTHON_MISSING' && (
                <a href={hrefOf('training', 'new', 'where')}>{text.toEnvironment}</a>
              )}
              {run.can.export && !isRunning && (
                <Button small icon={RotateCw} onClick={() => start.mutate()}>
                  {text.exportAgain}
                </Button>
              )}
            </>
          }
        />
      )}
      {start.error && (
        <FailureNotice title={text.exportFailed} error={start.error} onRetry={() => start.mutate()} />
      )}
    </div>
  );
}

/** Files are named by their checkpoint; those of earlier versions of the app are not. */
function checkpointOf(file: string): string {
  const step = /-step-(\d{6,})(?=-)[^/\\]*$/.exec(file)?.[1];
  return step === undefined ? text.checkpointUnknown : text.checkpoint(Number(step));
}

function useLatestExport(runId: string): Job | undefined {
  const { jobs } = useJobs();
  return jobs?.find(({ kind, subjectId }) => kind === 'training-export' && subjectId === runId);
}
