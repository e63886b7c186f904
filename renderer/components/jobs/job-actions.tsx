import { useMutation } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import { AppError, hasEnded, type Job } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { useCore, useLinkState } from '../../lib/core-context.tsx';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { useToast } from '../toaster.tsx';

/** Cancels or resumes one job, whichever it allows. A cancel is asked back. */
export function JobActions({ job, small = false }: { job: Job; small?: boolean }) {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const onError = (error: unknown) => toast(`${copy.jobs.cannot}: ${AppError.from(error).message}`);
  const cancel = useMutation({ mutationFn: () => core['jobs.cancel']({ jobId: job.id }), onError });
  const resume = useMutation({ mutationFn: () => core['jobs.resume']({ jobId: job.id }), onError });
  return (
    <>
      {!hasEnded(job) && (
        <Button
          small={small}
          icon={Square}
          disabled={!isConnected || job.state === 'cancelling'}
          onClick={() => setAsking(true)}
        >
          {copy.jobs.cancel}
        </Button>
      )}
      {job.canResume && (
        <Button
          small={small}
          icon={Play}
          disabled={!isConnected || resume.isPending}
          onClick={() => resume.mutate()}
        >
          {copy.jobs.resume}
        </Button>
      )}
      {isAsking && !hasEnded(job) && (
        <CancelDialog
          job={job}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            cancel.mutate();
          }}
        />
      )}
    </>
  );
}

function CancelDialog({ job, onClose, onConfirm }: { job: Job; onClose(): void; onConfirm(): void }) {
  return (
    <Dialog
      title={copy.jobs.cancelTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.jobs.keepRunning}</Button>
          <Button variant="danger" onClick={onConfirm}>
            {copy.jobs.cancelJob}
          </Button>
        </>
      }
    >
      <p className="font-medium">{job.title}</p>
      <p className="muted">{job.keepsWork ? copy.jobs.cancelKeeps : copy.jobs.cancelLoses}</p>
    </Dialog>
  );
}
