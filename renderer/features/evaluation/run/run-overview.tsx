import { useCallback } from 'react';
import type { EvaluationReport, FailureCause, Share } from '../../../../core/contract/index.ts';
import { ChartCard } from '../../../components/chart/chart-card.tsx';
import type { ChartColors } from '../../../components/chart/chart-colors.ts';
import { Chart } from '../../../components/chart/chart.tsx';
import { copy } from '../../../copy.ts';
import { formatDuration } from '../../../lib/format-values.ts';
import { formatInterval, formatShare } from '../shares.ts';
import { Figure } from './figure.tsx';
import { drawCauses, drawReliability, drawShares, type NamedShare } from './run-charts.ts';

const text = copy.evaluation.run;
const levels = ['all', 'easy', 'medium', 'hard', 'extra'] as const;

interface RunOverviewProps {
  report: EvaluationReport;
  /** Shows the questions that are wrong for this reason. */
  onCause(cause: FailureCause): void;
}

/** What a run shows as a whole: its figures, and where they come from. */
export function RunOverview({ report, onCause }: RunOverviewProps) {
  return (
    <div className="grid gap-4 pb-6">
      <Figures report={report} />
      <Remarks report={report} />
      <div className="grid grid-cols-2 items-start gap-4 max-[1000px]:grid-cols-1">
        <div className="grid gap-4">
          <HardnessChart report={report} />
          <DatabaseChart report={report} />
        </div>
        <div className="grid gap-4">
          <CausesChart report={report} onCause={onCause} />
          <ReliabilityChart report={report} />
        </div>
      </div>
    </div>
  );
}

function Figures({ report }: { report: EvaluationReport }) {
  const { execution, exactMatch, wellFormed, calibration, medianMs, testSuite } = report;
  const error = calibration.expectedError;
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(170px,1fr))] gap-3">
      <ShareFigure name={text.figures.execution} share={execution.all} isMain />
      {testSuite && (
        <Figure
          name={text.figures.suite}
          value={formatShare(testSuite.testSuiteAccuracy)}
          note={`${text.figures.of(testSuite.passed + testSuite.untold, testSuite.n)} ${formatInterval(testSuite)}`}
        />
      )}
      <ShareFigure name={text.figures.exact} share={exactMatch.all} />
      <ShareFigure name={text.figures.wellFormed} share={wellFormed} />
      <Figure
        name={text.figures.calibration}
        value={error === null ? '–' : error.toFixed(3)}
        note={text.figures.calibrationHint}
      />
      <Figure
        name={text.figures.median}
        value={medianMs === null ? '–' : formatDuration(medianMs)}
        note={text.figures.medianHint}
      />
    </dl>
  );
}

function ShareFigure({ name, share, isMain }: { name: string; share: Share; isMain?: boolean }) {
  const note = `${text.figures.of(share.count, share.n)} ${formatInterval(share)}`;
  return <Figure name={name} value={formatShare(share.share)} note={note} isMain={isMain} />;
}

function Remarks({ report: { goldUnproven, tied } }: { report: EvaluationReport }) {
  const remarks = [
    text.interval,
    goldUnproven > 0 ? text.unproven(goldUnproven) : '',
    tied > 0 ? text.tied(tied) : '',
  ];
  return <p className="text-s text-text-2">{remarks.filter(Boolean).join(' ')}</p>;
}

const shareColumns = [text.columns.n, text.columns.right, text.columns.accuracy, text.columns.interval];

function shareCells({ n, count, share, low, high }: Share): string[] {
  return [String(n), String(count), formatShare(share), formatInterval({ low, high })];
}

function SharesChart({ title, first, shares }: { title: string; first: string; shares: NamedShare[] }) {
  const draw = useCallback((colors: ChartColors) => drawShares(shares, colors), [shares]);
  return (
    <ChartCard
      title={title}
      chart={
        <div className="scroll max-h-[420px]" tabIndex={0} role="region" aria-label={title}>
          <Chart label={describeShares(title, shares)} heightPx={shares.length * 34 + 44} describe={draw} />
        </div>
      }
      table={{
        head: [first, ...shareColumns],
        rows: shares.map(({ name, share }) => [name, ...shareCells(share)]),
        numeric: [1, 2, 3, 4],
      }}
    />
  );
}

function describeShares(title: string, shares: readonly NamedShare[]): string {
  return `${title}: ${shares.map(({ name, share }) => `${name} ${formatShare(share.share)}`).join(', ')}`;
}

function HardnessChart({ report }: { report: EvaluationReport }) {
  const shares = levels
    .filter((level) => report.execution[level].n > 0)
    .map((level) => ({
      name: level === 'all' ? copy.evaluation.compare.all : copy.evaluation.hardness[level],
      share: report.execution[level],
    }));
  return <SharesChart title={text.byHardness} first={text.columns.hardness} shares={shares} />;
}

function DatabaseChart({ report }: { report: EvaluationReport }) {
  const shares = report.byDatabase
    .map(({ db, execution }) => ({ name: db, share: execution }))
    .toSorted((a, b) => (b.share.share ?? 0) - (a.share.share ?? 0));
  return <SharesChart title={text.byDatabase} first={text.columns.database} shares={shares} />;
}

function CausesChart({ report: { causes }, onCause }: RunOverviewProps) {
  const draw = useCallback((colors: ChartColors) => drawCauses(causes, colors), [causes]);
  if (causes.length === 0) {
    return (
      <section className="card" aria-label={text.byCause}>
        <div className="card-head">
          <h2>{text.byCause}</h2>
        </div>
        <p className="card-body text-text-2">{text.noWrong}</p>
      </section>
    );
  }
  const label = causes.map(({ cause, primary }) => `${copy.evaluation.causes[cause].name} ${primary}`);
  return (
    <ChartCard
      title={text.byCause}
      note={text.byCauseHint}
      chart={
        <Chart
          label={`${text.byCause}: ${label.join(', ')}`}
          heightPx={causes.length * 30 + 68}
          describe={draw}
          onPick={({ index }) => {
            const picked = causes[index];
            if (picked) onCause(picked.cause);
          }}
        />
      }
      table={{
        head: [text.columns.cause, text.columns.primary, text.columns.applies],
        rows: causes.map(({ cause, primary, applies }) => [
          <button
            key={cause}
            type="button"
            className="text-left text-accent underline"
            title={copy.evaluation.causes[cause].about}
            onClick={() => onCause(cause)}
          >
            {copy.evaluation.causes[cause].name}
          </button>,
          ...[String(primary), String(applies)],
        ]),
        numeric: [1, 2],
      }}
    />
  );
}

function ReliabilityChart({ report: { calibration } }: { report: EvaluationReport }) {
  const draw = useCallback((colors: ChartColors) => drawReliability(calibration, colors), [calibration]);
  if (calibration.bins.length === 0) return null;
  const points = calibration.bins.map(
    ({ confidence, share }) => `${formatShare(confidence)} → ${formatShare(share)}`,
  );
  return (
    <ChartCard
      title={text.reliability}
      note={text.reliabilityHint}
      chart={<Chart label={`${text.reliability}: ${points.join(', ')}`} heightPx={300} describe={draw} />}
      table={{
        head: [
          text.columns.confidence,
          text.columns.n,
          text.columns.mean,
          text.columns.right,
          text.columns.interval,
        ],
        rows: calibration.bins.map((bin) => [
          `${bin.from.toFixed(1)} – ${bin.to.toFixed(1)}`,
          ...[String(bin.n), formatShare(bin.confidence), formatShare(bin.share), formatInterval(bin)],
        ]),
        numeric: [1, 2, 3, 4],
      }}
    />
  );
}
