import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Hammer } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { AppError, hasEnded, type Job } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { useJobs } from '../../../../lib/jobs.tsx';
import { JobLine } from '../job-line.tsx';
import { wizardKeys } from '../wizard-queries.ts';

const text = copy.wizard.where;

/** The newest job that makes it, whoever began it. */
function useEnvironmentJob(): Job | undefined {
  const { jobs } = useJobs();
  return jobs?.find(({ kind }) => kind === 'training-environment');
}

interface EnvironmentOfferProps {
  /** Absent while it is not known. */
  isReady: boolean | undefined;
  /** Where it trains elsewhere, and why it is needed here all the same. Defaults to false. */
  isElsewhere?: boolean;
  /** Told once it was made while this was shown. */
  onMade?(): void;
}

/** Makes the trainer's environment on this machine, after saying what that takes; nothing where it is made. */
export function EnvironmentOffer({ isReady, isElsewhere = false, onMade }: EnvironmentOfferProps) {
  const core = useCore();
  const cache = useQueryClient();
  const job = useEnvironmentJob();
  const make = useMutation({ mutationFn: () => core['training.prepareEnvironment']({}) });
  const state = job?.state;
  const before = useRef(state);
  useEffect(() => {
    const wasUnderWay = before.current !== state && before.current !== undefined;
    before.current = state;
    if (state !== 'succeeded') return;
    void cache.invalidateQueries({ queryKey: wizardKeys.machine });
    if (wasUnderWay) onMade?.();
    // Told at the change, whoever listens then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cache, state]);
  if (isReady !== false) return null;
  const isBusy = job !== undefined && !hasEnded(job);
  return (
    <Notice
      tone="info"
      title={text.environmentTitle}
      message={isElsewhere ? text.environmentElsewhere : undefined}
      hint={isElsewhere ? text.environmentElsewhereHint : text.environmentHint}
      actions={
        <div className="grid w-full gap-3">
          {!isBusy && (
            <div>
              <Button small icon={Hammer} disabled={make.isPending} onClick={() => make.mutate()}>
                {text.makeEnvironment}
              </Button>
            </div>
          )}
          {make.isError && <MakeFailure error={make.error} />}
          {job && state !== 'succeeded' && <JobLine job={job} />}
        </div>
      }
    />
  );
}

function MakeFailure({ error }: { error: unknown }) {
  const { message, hint } = AppError.from(error);
  return <Notice tone="error" title={text.environmentFailed} message={message} hint={hint} />;
}
