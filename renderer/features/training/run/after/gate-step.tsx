import { useMutation, useQuery } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { useState } from 'react';
import { hasEnded, type Gate, type GateSetInfo } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { JobActions } from '../../../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../../../components/jobs/job-progress.tsx';
import { loopKey } from '../../../../components/loop/loop-queries.ts';
import { Notice } from '../../../../components/notice.tsx';
import { Tag } from '../../../../components/tag.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { useJob } from '../../../../lib/jobs.tsx';
import { hrefOf } from '../../../../lib/navigation.ts';

const text = copy.loop.after;

interface GateStepProps {
  runId: string;
  files: readonly string[];
  /** Path of the model in use. */
  inUse: string | undefined;
  latest: Gate | undefined;
  onStarted(): void;
}

/** The second step: which questions both models shall answer. */
export function GateStep({ runId, files, inUse, latest, onStarted }: GateStepProps) {
  const core = useCore();
  const sets = useQuery({
    queryKey: [...loopKey, 'sets', runId],
    queryFn: ({ signal }) => core['loop.sets']({ runId }, { signal }),
  });
  const [file = files[0] ?? '', setFile] = useState<string>();
  const [changed, setChanged] = useState<Record<string, boolean>>({});
  const isChosen = (info: GateSetInfo) => changed[keyOf(info)] ?? info.suggested;
  const chosen = (sets.data ?? []).filter(isChosen);
  const start = useMutation({
    mutationFn: () =>
      core['loop.startGate']({ candidate: { path: file }, runId, sets: chosen.map(({ set }) => set) }),
    onSuccess: onStarted,
  });
  const job = useJob(latest?.jobId);
  const isRunning = start.isPending || (latest !== undefined && !hasEnded(latest));
  if (inUse === file) return <p>{text.inUse}</p>;
  return (
    <div className="grid gap-3">
      <h3 className="m-0">{text.gateTitle}</h3>
      <p className="max-w-[90ch] text-s text-text-2">{text.gateHint}</p>
      {sets.isError && (
        <FailureNotice title={text.loadFailed} error={sets.error} onRetry={() => void sets.refetch()} />
      )}
      {files.length > 1 && (
        <label className="grid gap-1 text-s">
          {text.model}
          <select className="input" value={file} onChange={({ target }) => setFile(target.value)}>
            {files.map((one) => (
              <option key={one} value={one}>
                {one.split(/[\\/]/).at(-1)}
              </option>
            ))}
          </select>
        </label>
      )}
      <fieldset className="m-0 grid gap-1 border-0 p-0" disabled={isRunning}>
        <legend className="mb-1 p-0 text-s font-semibold">{text.sets}</legend>
        {(sets.data ?? []).map((info) => (
          <SetLine
            key={keyOf(info)}
            info={info}
            checked={isChosen(info)}
            onChange={(checked) => setChanged({ ...changed, [keyOf(info)]: checked })}
          />
        ))}
      </fieldset>
      <div>
        <Button
          variant={latest?.report ? 'secondary' : 'primary'}
          icon={Scale}
          disabled={isRunning || chosen.length === 0}
          onClick={() => start.mutate()}
        >
          {latest?.report ? text.measureAgain : text.measure}
        </Button>
      </div>
      {isRunning && job && (
        <div className="grid gap-1" role="group" aria-label={text.measuring}>
          <JobProgressBar job={job} />
          <div>
            <JobActions small job={job} />
          </div>
        </div>
      )}
      {start.error && (
        <FailureNotice title={text.measureFailed} error={start.error} onRetry={() => start.mutate()} />
      )}
      {latest && hasEnded(latest) && !latest.report && <Ended gate={latest} />}
    </div>
  );
}

function Ended({ gate }: { gate: Gate }) {
  return (
    <>
      {gate.error && (
        <Notice
          tone="error"
          title={text.ended(gate.state)}
          message={gate.error.message}
          hint={gate.error.hint}
        />
      )}
      {!gate.error && <p role="status">{text.ended(gate.state)}</p>}
      {gate.jobId !== undefined && <a href={hrefOf('jobs', gate.jobId)}>{text.openJob}</a>}
    </>
  );
}

interface SetLineProps {
  info: GateSetInfo;
  checked: boolean;
  onChange(checked: boolean): void;
}

function SetLine({ info, checked, onChange }: SetLineProps) {
  const { title, questions, important, missing } = info;
  return (
    <label className="flex min-h-[26px] flex-wrap items-center gap-2 text-s">
      <input
        type="checkbox"
        className="accent-accent"
        checked={checked && !missing}
        disabled={missing !== undefined}
        onChange={({ target }) => onChange(target.checked)}
      />
      {title}
      <span className="text-text-2">{missing ? missing.message : text.questions(questions)}</span>
      {important && <Tag tone="accent">{text.important}</Tag>}
    </label>
  );
}

function keyOf({ set }: GateSetInfo): string {
  return JSON.stringify(set);
}
