import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Hammer, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { AppError, hasEnded, type Job } from '../../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { useJobs } from '../../../../lib/jobs.tsx';
import { JobLine } from '../job-line.tsx';
import { TextField } from '../labelled.tsx';
import type { Wizard } from '../use-wizard.ts';
import { useMachine, wizardKeys } from '../wizard-queries.ts';
import { MachineFacts } from './machine-facts.tsx';

const text = copy.wizard.where;

const settleMs = 600;

/** This machine: what was found, and the environment that the trainer runs in. */
export function LocalPlace({ wizard: { form, change } }: { wizard: Wizard }) {
  const python = form.python.trim();
  const machine = useMachine(useSettled(python));
  return (
    <>
      <section aria-label={text.machine} className="grid gap-3 rounded-m border border-border p-4">
        <div className="flex items-center gap-2">
          <h3 className="grow text-s font-semibold">
            {text.machine}
            {machine.data && <span className="font-normal text-text-2"> · {machine.data.host}</span>}
          </h3>
          <IconButton
            icon={RefreshCw}
            label={text.examineAgain}
            disabled={machine.isFetching}
            onClick={() => void machine.refetch()}
          />
        </div>
        {machine.isPending && (
          <p role="status" className="flex items-center gap-2 text-s text-text-2">
            <Spinner /> {text.examining}
          </p>
        )}
        {machine.isError && (
          <FailureNotice
            title={copy.wizard.readFailed.machine}
            error={machine.error}
            onRetry={() => void machine.refetch()}
          />
        )}
        {machine.data && <MachineFacts machine={machine.data} />}
      </section>
      {python === '' && <Environment isReady={machine.data?.environmentReady} />}
      <TextField
        label={text.ownPython}
        note={text.ownPythonHint}
        mono
        placeholder="/usr/bin/python3.12"
        value={form.python}
        onChange={(typed) => change({ python: typed })}
      />
    </>
  );
}

/** What is typed, once it has stood for a moment: each look at a Python starts a program. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), settleMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}

/** The newest job that makes it, whoever began it. */
function useEnvironmentJob(): Job | undefined {
  const { jobs } = useJobs();
  return jobs?.find(({ kind }) => kind === 'training-environment');
}

function Environment({ isReady }: { isReady: boolean | undefined }) {
  const core = useCore();
  const cache = useQueryClient();
  const job = useEnvironmentJob();
  const make = useMutation({ mutationFn: () => core['training.prepareEnvironment']({}) });
  const state = job?.state;
  useEffect(() => {
    if (state === 'succeeded') void cache.invalidateQueries({ queryKey: wizardKeys.machine });
  }, [cache, state]);
  if (isReady !== false) return null;
  const isBusy = job !== undefined && !hasEnded(job);
  return (
    <Notice
      tone="info"
      title={text.environmentTitle}
      hint={text.environmentHint}
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
