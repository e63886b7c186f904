import { useState } from 'react';
import type { Gate, GateFigures, GateVerdict } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { InsistDialog } from '../../../../components/loop/insist-dialog.tsx';
import { useKeep, usePromote } from '../../../../components/loop/loop-queries.ts';
import { Notice, type Tone } from '../../../../components/notice.tsx';
import { useToast } from '../../../../components/toaster.tsx';
import { copy } from '../../../../copy.ts';
import { formatMoment } from '../../../../lib/format-values.ts';
import { GateQuestions } from './gate-questions.tsx';

const text = copy.loop.gate;
const promoteText = copy.loop.promote;
const tones: Record<GateVerdict, Tone> = {
  better: 'success',
  same: 'info',
  unclear: 'warning',
  worse: 'warning',
  broken: 'error',
};

interface GateResultProps {
  gate: Gate;
  report: NonNullable<Gate['report']>;
  /** Path of the model in use. */
  inUse: string | undefined;
}

/** The third step: the verdict, and what is made of it. */
export function GateResult({ gate, report, inUse }: GateResultProps) {
  const isInUse = inUse === gate.candidate.path;
  const verdict = readVerdict(report);
  return (
    <div className="grid gap-4">
      <Notice
        tone={isInUse ? 'info' : tones[verdict]}
        title={isInUse ? text.verdictThen[verdict] : text.verdict[verdict]}
        message={report.reason}
        hint={report.cautions.join(' ')}
        actions={isInUse ? undefined : <Choice gate={gate} verdict={verdict} />}
      />
      <Figures report={report} before={isInUse ? gate.inUse.name : text.columns.before} />
      <details className="text-s">
        <summary>{text.rule}</summary>
        <p className="max-w-[90ch] text-text-2">{report.rule}</p>
      </details>
      <GateQuestions gateId={gate.id} />
    </div>
  );
}

/** Older versions of the app said better also where chance explains it. */
function readVerdict({ verdict, overall }: GateResultProps['report']): GateVerdict {
  return verdict === 'better' && overall.p >= 0.05 ? 'same' : verdict;
}

function Choice({ gate, verdict }: { gate: Gate; verdict: GateVerdict }) {
  const toast = useToast();
  const [insisting, setInsisting] = useState(false);
  const promote = usePromote(({ to }) => toast(promoteText.done(to.name)));
  const keep = useKeep(() => toast(promoteText.kept));
  const isFor = verdict === 'better' || verdict === 'same';
  const run = (insistBecause?: string) =>
    promote.mutate({
      model: { path: gate.candidate.path },
      gateId: gate.id,
      ...(insistBecause !== undefined && { insistBecause }),
    });
  return (
    <>
      {isFor && (
        <Button variant="primary" disabled={promote.isPending} onClick={() => run()}>
          {promoteText.action}
        </Button>
      )}
      {gate.keptAt === undefined && (
        <Button
          variant={isFor ? 'secondary' : 'primary'}
          disabled={keep.isPending}
          onClick={() => keep.mutate(gate.id)}
        >
          {promoteText.keep}
        </Button>
      )}
      {!isFor && (
        <Button variant="ghost" disabled={promote.isPending} onClick={() => setInsisting(true)}>
          {promoteText.anyway}
        </Button>
      )}
      {gate.keptAt !== undefined && (
        <span className="text-s">{promoteText.keptAt(formatMoment(gate.keptAt))}</span>
      )}
      {keep.error && (
        <FailureNotice
          title={promoteText.keepFailed}
          error={keep.error}
          onRetry={() => keep.mutate(gate.id)}
        />
      )}
      {promote.error && (
        <FailureNotice
          title={promoteText.failed}
          error={promote.error}
          onRetry={() => promote.mutate(promote.variables)}
        />
      )}
      {insisting && (
        <InsistDialog
          onClose={() => setInsisting(false)}
          onInsist={(reason) => {
            setInsisting(false);
            run(reason);
          }}
        />
      )}
    </>
  );
}

function Figures({ report, before }: { report: NonNullable<Gate['report']>; before: string }) {
  const { columns } = text;
  return (
    <div className="scroll overflow-x-auto" tabIndex={0} role="region" aria-label={text.figures}>
      <table className="w-full max-w-[900px] text-s [&_td]:px-3 [&_td]:py-1 [&_th]:px-3 [&_th]:py-1 [&_th]:text-left">
        <caption className="visually-hidden">{text.figures}</caption>
        <thead>
          <tr className="text-text-2">
            <th scope="col">{columns.set}</th>
            <th scope="col">{before}</th>
            <th scope="col">{columns.after}</th>
            <th scope="col">{columns.fixed}</th>
            <th scope="col">{columns.broken}</th>
            <th scope="col" title={text.gainHint}>
              {columns.gain}
            </th>
            <th scope="col" title={text.pHint}>
              {columns.p}
            </th>
          </tr>
        </thead>
        <tbody>
          {report.sets.map((set) => (
            <Row key={set.title} title={set.title} figures={set} />
          ))}
          {report.notTrainedOn && <Row title={text.notTrainedOn} figures={report.notTrainedOn} />}
          <Row title={text.overall} figures={report.overall} />
        </tbody>
      </table>
    </div>
  );
}

function Row({ title, figures }: { title: string; figures: GateFigures }) {
  return (
    <tr className="border-t border-border">
      <th scope="row" className="font-normal">
        {title}
      </th>
      <ShareCell share={figures.before} />
      <ShareCell share={figures.after} />
      <td className="tabular-nums text-success">{figures.fixed}</td>
      <td className={`tabular-nums ${figures.broken > 0 ? 'text-danger' : ''}`}>{figures.broken}</td>
      <GainCell gain={figures.gain} />
      <td className="tabular-nums">{figures.p.toFixed(3)}</td>
    </tr>
  );
}

function GainCell({ gain }: { gain: GateFigures['gain'] }) {
  if (!gain || gain.share === null) return <td />;
  return (
    <td className="tabular-nums">
      {text.points(gain.share)}
      <span className="block text-xs text-text-2">
        {text.interval(text.points(gain.low ?? 0), text.points(gain.high ?? 0))}
      </span>
    </td>
  );
}

function ShareCell({ share: { n, count, share, low, high } }: { share: GateFigures['before'] }) {
  const percent = (value: number | null) => `${((value ?? 0) * 100).toFixed(1)} %`;
  return (
    <td className="tabular-nums">
      {text.of(count, n)}
      {share !== null && (
        <span className="block text-xs text-text-2">
          {percent(share)}, {text.interval(percent(low), percent(high))}
        </span>
      )}
    </td>
  );
}
