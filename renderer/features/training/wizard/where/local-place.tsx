import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { copy } from '../../../../copy.ts';
import { TextField } from '../labelled.tsx';
import type { Wizard } from '../use-wizard.ts';
import { useMachine } from '../wizard-queries.ts';
import { EnvironmentOffer } from './environment-offer.tsx';
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
      {python === '' && <EnvironmentOffer isReady={machine.data?.environmentReady} />}
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
