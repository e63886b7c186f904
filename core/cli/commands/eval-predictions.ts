import { evaluatePredictions } from '../../app/evaluate-predictions.ts';
import type { PredictionReport } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { showReport, type ReportFlags } from './eval-show.ts';
import { formatSuite } from './eval-suite.ts';

export interface PredictionFlags extends ReportFlags {
  predictions: string;
  limit?: number;
  timeoutMs?: number;
  testSuite?: number;
  dataDir: string;
}

export async function judgePredictionFile(flags: PredictionFlags, context: CliContext): Promise<void> {
  const { predictions: file, dataDir, limit, timeoutMs, testSuite } = flags;
  const report = await evaluatePredictions({
    ...{ file, dataDir, limit, timeoutMs, testSuite },
    signal: context.signal,
    report: (done, total) => context.console.progress(`${done} of ${total}`),
  });
  await showReport(report, formatPredictions(report), flags, context);
}

function formatPredictions(report: PredictionReport): string {
  const { n, executionAccuracy, outcomes, goldFailed, rows } = report;
  const share = executionAccuracy === null ? 'nothing judged' : `${(executionAccuracy * 100).toFixed(1)} %`;
  const others = rows.filter(({ outcome }) => outcome !== 'correct');
  return [
    `Execution accuracy on Spider, postgresql: ${share} (${outcomes.correct} of ${n} right).`,
    `  wrong rows ${outcomes.wrong}, errors ${outcomes.error}, timeouts ${outcomes.timeout}`,
    ...(goldFailed > 0 ? [`  not judged, as the gold SQL does not run: ${goldFailed}`] : []),
    ...formatSuite(report.testSuite),
    ...(others.length > 0 ? ['Not right:'] : []),
    ...others.map(({ id, dbId, outcome, message }) => `  ${id} ${dbId} (${outcome}): ${message ?? ''}`),
  ].join('\n');
}
