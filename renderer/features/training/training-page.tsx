import { useQuery } from '@tanstack/react-query';
import { Copy, GraduationCap, RotateCw } from 'lucide-react';
import type { TrainingRun } from '../../../core/contract/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { Tag } from '../../components/tag.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatMoment } from '../../lib/format-values.ts';
import { hrefOf } from '../../lib/navigation.ts';

/** The runs that the trainer wrote, and the commands that start one. */
export function TrainingPage() {
  const core = useCore();
  const runs = useQuery({
    queryKey: ['training.runs'],
    queryFn: ({ signal }) => core['training.runs']({}, { signal }),
  });
  return (
    <div className="page text-page scroll">
      <div className="mx-auto grid w-full max-w-[1240px] gap-[24px]">
        <div>
          <h1>{copy.pages.training}</h1>
          <p className="muted max-w-[920px]">{copy.training.intro}</p>
        </div>
        <section className="card" aria-label={copy.training.runs}>
          <div className="card-head">
            <h2 className="grow">{copy.training.runs}</h2>
            <Button small variant="ghost" icon={RotateCw} onClick={() => void runs.refetch()}>
              {copy.training.refresh}
            </Button>
          </div>
          <div className="card-body grid gap-[12px]">
            {runs.isPending && (
              <div role="status">
                <Spinner /> {copy.common.loading}
              </div>
            )}
            {runs.isError && (
              <FailureNotice
                title={copy.training.runsFailed}
                error={runs.error}
                onRetry={() => void runs.refetch()}
              />
            )}
            {runs.data?.runs.length === 0 && (
              <EmptyState icon={GraduationCap} title={copy.training.none} hint={copy.training.noneHint} />
            )}
            {runs.data && runs.data.runs.length > 0 && <RunTable runs={runs.data.runs} />}
            {runs.data && (
              <p className="muted text-s">
                {copy.training.folder}: <span className="font-mono">{runs.data.folder}</span>
              </p>
            )}
          </div>
        </section>
        <Commands trainerDir={runs.data?.trainerDir} />
      </div>
    </div>
  );
}

const cell = 'px-[8px] py-[8px] text-left align-top';
const number = 'px-[8px] py-[8px] text-right align-top tabular-nums';
const tones = {
  unreadable: 'warning',
  not_started: 'plain',
  unfinished: 'accent',
  finished: 'success',
  stopped: 'warning',
  stopped_early: 'success',
  failed: 'danger',
} as const satisfies Record<TrainingRun['state'], string>;

function RunTable({ runs }: { runs: TrainingRun[] }) {
  const { columns } = copy.training;
  return (
    <div className="scroll overflow-x-auto" tabIndex={0} role="region" aria-label={copy.training.runs}>
      <table className="w-full border-collapse text-s">
        <thead className="text-text-2">
          <tr>
            <th className={cell}>{columns.run}</th>
            <th className={cell}>{columns.state}</th>
            <th className={number}>{columns.step}</th>
            <th className={number} title={copy.training.lossHint}>
              {columns.training}
            </th>
            <th className={number} title={copy.training.lossHint}>
              {columns.validation}
            </th>
            <th className={number}>{columns.checkpoints}</th>
            <th className={cell}>{columns.last}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.runDir} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunRow({ run }: { run: TrainingRun }) {
  return (
    <tr className="border-t border-border">
      <td className={cell}>
        <span className="font-semibold">{run.name}</span>
        {run.artifacts.length > 0 && (
          <span className="muted" title={run.artifacts.map(({ path }) => path).join('\n')}>
            {' '}
            {copy.training.artifacts(run.artifacts.length)}
          </span>
        )}
        <span className="block font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{run.runDir}</span>
        {run.message && <span className="block text-xs text-text-2">{run.message}</span>}
      </td>
      <td className={cell}>
        <Tag tone={tones[run.state]}>{copy.training.states[run.state]}</Tag>
      </td>
      <td className={number}>
        {run.step === undefined ? copy.common.none : copy.training.stepOf(run.step, run.totalSteps)}
      </td>
      <td className={number}>{run.trainingLoss?.toFixed(4) ?? copy.common.none}</td>
      <td className={number}>{run.validationLoss?.toFixed(4) ?? copy.common.none}</td>
      <td className={number}>{run.checkpoints}</td>
      <td className={`${cell} whitespace-nowrap`}>
        {run.lastEventAt ? formatMoment(run.lastEventAt) : copy.common.none}
      </td>
    </tr>
  );
}

function Commands({ trainerDir }: { trainerDir: string | undefined }) {
  const toast = useToast();
  async function copyCommand(command: string): Promise<void> {
    toast((await copyText(command)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <section className="card" aria-label={copy.training.commands}>
      <div className="card-head">
        <h2>{copy.training.commands}</h2>
      </div>
      <div className="card-body grid gap-[12px]">
        <p className="muted">{copy.training.commandsHint}</p>
        <ol className="m-0 grid list-none gap-[12px] p-0">
          {copy.training.steps.map(({ title, command }) => (
            <li key={title} className="grid gap-[4px]">
              <p className="font-semibold">{title}</p>
              <div className="flex items-center gap-[8px]">
                <code className="scroll flex-1 overflow-x-auto rounded-m bg-surface-2 px-[12px] py-[8px] text-s whitespace-nowrap">
                  {command}
                </code>
                <IconButton
                  icon={Copy}
                  label={copy.training.copyCommand(title)}
                  onClick={() => void copyCommand(command)}
                />
              </div>
            </li>
          ))}
        </ol>
        <p>
          {copy.training.thenUse} <a href={hrefOf('models')}>{copy.training.models}</a>
        </p>
        {trainerDir && (
          <p className="muted text-s">
            {copy.training.trainerAt}: <span className="font-mono">{trainerDir}</span>
          </p>
        )}
      </div>
    </section>
  );
}
