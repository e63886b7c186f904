import type { Job } from '../../../../core/contract/index.ts';
import { JobActions } from '../../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../../components/jobs/job-progress.tsx';
import { JobStateMark } from '../../../components/jobs/job-state.tsx';
import { Notice } from '../../../components/notice.tsx';
import { copy } from '../../../copy.ts';
import { hrefOf } from '../../../lib/navigation.ts';

/** A job that the wizard began: how far it is, what it says, and how to stop it. */
export function JobLine({ job }: { job: Job }) {
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-3 text-s">
        <JobStateMark state={job.state} />
        <a className="grow" href={hrefOf('jobs', job.id)}>
          {job.title}
        </a>
        <JobActions job={job} small />
      </div>
      <JobProgressBar job={job} />
      {job.error && (
        <Notice
          tone="error"
          title={copy.jobs.states.failed}
          message={job.error.message}
          hint={job.error.hint}
        />
      )}
    </div>
  );
}
