import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Play, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import { AppError, type DoctorCheck, type TrainingDraft } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore, useLinkState } from '../../../../lib/core-context.tsx';
import { navigate } from '../../../../lib/navigation.ts';
import { keyOfDraft, useDoctor, useEstimate } from '../checks.ts';
import type { Wizard } from '../use-wizard.ts';

const text = copy.wizard.start;

interface StartActionsProps {
  wizard: Wizard;
  draft: TrainingDraft;
  /** The plan says that it cannot be started. */
  isBlocked: boolean;
}

/** Starts it. What the doctor fails, or was not shown, is started by a second, deliberate act only. */
export function StartActions({ wizard, draft, isBlocked }: StartActionsProps) {
  const isConnected = useLinkState().kind === 'connected';
  const verdict = useVerdict(draft);
  const start = useStart(wizard, draft);
  const [isAsking, setAsking] = useState(false);
  const isSound = verdict.kind === 'sound';
  const cannot = isBlocked || start.isPending || !isConnected;
  return (
    <>
      {verdict.kind === 'failed' && (
        <Notice
          tone="error"
          title={text.blocked}
          message={verdict.failures.map(({ title }) => title).join('\n')}
        />
      )}
      {verdict.kind === 'unchecked' && (
        <Notice tone="info" title={text.unchecked} hint={text.uncheckedHint} />
      )}
      <Tight draft={draft} />
      {start.isError && <StartFailure error={start.error} />}
      {!isConnected && <p className="text-s text-text-2">{text.disconnected}</p>}
      <div className="flex flex-wrap gap-2">
        {isSound ? (
          <Button variant="primary" icon={Play} disabled={cannot} onClick={() => start.mutate(false)}>
            {start.isPending ? text.starting : text.go}
          </Button>
        ) : (
          <>
            <Button variant="primary" icon={Stethoscope} onClick={() => wizard.go('doctor')}>
              {text.toDoctor}
            </Button>
            <Button variant="danger" disabled={cannot} onClick={() => setAsking(true)}>
              {verdict.kind === 'failed' ? text.goAnyway : text.goUnchecked}
            </Button>
          </>
        )}
      </div>
      {isAsking && (
        <AnywayDialog
          failures={verdict.kind === 'failed' ? verdict.failures : undefined}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            start.mutate(true);
          }}
        />
      )}
    </>
  );
}

type Verdict = { kind: 'sound' } | { kind: 'unchecked' } | { kind: 'failed'; failures: DoctorCheck[] };

function useVerdict(draft: TrainingDraft): Verdict {
  const doctor = useDoctor();
  if (doctor.kind !== 'done' || doctor.key !== keyOfDraft(draft)) return { kind: 'unchecked' };
  const { status, checks } = doctor.result;
  if (status !== 'failure') return { kind: 'sound' };
  return { kind: 'failed', failures: checks.filter((check) => check.status === 'failure') };
}

function useStart(wizard: Wizard, draft: TrainingDraft) {
  const core = useCore();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ignoreDoctor: boolean) => core['training.start']({ draft, ignoreDoctor }),
    onSuccess: ({ runId }) => {
      wizard.startOver();
      void cache.invalidateQueries({ queryKey: ['training.list'] });
      navigate('training', 'run', runId);
    },
  });
}

/** What the estimate says against it; the doctor has its own word on memory. */
function Tight({ draft }: { draft: TrainingDraft }) {
  const estimate = useEstimate();
  const isTight =
    estimate.kind === 'done' &&
    estimate.key === keyOfDraft(draft) &&
    estimate.result.hardware[0]?.fits === false;
  if (!isTight) return null;
  return <Notice tone="warning" title={text.tight} hint={copy.wizard.estimate.doesNotFitHint} />;
}

function StartFailure({ error }: { error: unknown }) {
  const { message, hint } = AppError.from(error);
  return <Notice tone="error" title={text.failed} message={message} hint={hint} />;
}

interface AnywayProps {
  /** Absent where the doctor was not asked. */
  failures: DoctorCheck[] | undefined;
  onConfirm(): void;
  onClose(): void;
}

function AnywayDialog({ failures, onConfirm, onClose }: AnywayProps) {
  return (
    <Dialog
      title={failures ? text.anywayTitle : text.uncheckedTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button variant="danger" onClick={onConfirm}>
            {text.anyway}
          </Button>
        </>
      }
    >
      {failures ? (
        <ul className="grid gap-2">
          {failures.map(({ id, title, detail }) => (
            <li key={id}>
              <p className="font-medium">{title}</p>
              <p className="text-s text-text-2">{detail}</p>
            </li>
          ))}
        </ul>
      ) : (
        <p>{text.uncheckedText}</p>
      )}
    </Dialog>
  );
}
