import { Play } from 'lucide-react';
import { useEffect } from 'react';
import type { DoctorReport } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Notice, type Tone } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore, useLinkState } from '../../../../lib/core-context.tsx';
import { CheckEnvironment } from '../check-environment.tsx';
import { CheckRun } from '../check-run.tsx';
import { cancelDoctor, keyOfDraft, runDoctor, useDoctor } from '../checks.ts';
import type { Wizard } from '../use-wizard.ts';
import { CheckList } from './check-list.tsx';
import { MaskView } from './mask-view.tsx';

const text = copy.wizard.doctor;

const tones = { ok: 'success', warning: 'warning', failure: 'error' } as const satisfies Record<string, Tone>;

/** Runs by itself when the draft is whole and was not looked at yet. */
export function DoctorStep({ wizard }: { wizard: Wizard }) {
  const { resolved, form } = wizard;
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const doctor = useDoctor();
  const { draft } = resolved;
  const key = draft && keyOfDraft(draft);
  const isFresh = doctor.kind !== 'none' && doctor.key === key;
  const mustRun = draft !== undefined && isConnected && !isFresh;
  useEffect(() => {
    if (mustRun) runDoctor(core, draft, form.python);
    // Once for each draft.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, mustRun]);
  const run = () => draft && runDoctor(core, draft, form.python);
  if (!draft) return <Notice tone="info" title={text.notYet} hint={text.notYetHint} />;
  return (
    <CheckRun
      check={doctor}
      words={text}
      runningText={text.running}
      runningHint={text.runningHint}
      onRun={run}
      onCancel={cancelDoctor}
      canRun={isConnected}
      environment={<CheckEnvironment wizard={wizard} onMade={run} />}
    >
      {(report) => <Report report={report} onRun={run} canRun={isConnected} />}
    </CheckRun>
  );
}

function Report({ report, onRun, canRun }: { report: DoctorReport; onRun(): void; canRun: boolean }) {
  const { status, checks, mask, seconds, python } = report;
  return (
    <>
      <Notice
        tone={tones[status]}
        title={text.verdicts[status]}
        message={text.took(seconds, python)}
        hint={text.verdictHint[status]}
        actions={
          <Button small icon={Play} disabled={!canRun} onClick={onRun}>
            {text.again}
          </Button>
        }
      />
      <CheckList checks={checks} />
      {mask && mask.length > 0 && <MaskView mask={mask} />}
    </>
  );
}
