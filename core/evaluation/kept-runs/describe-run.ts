import { basename } from 'node:path';
import type {
  EvaluationReport,
  EvaluationRequest,
  EvaluationSummary,
  JobState,
} from '../../contract/index.ts';
import { summarise } from '../summarise.ts';
import type { KeptRun, RunFolder } from './run-folder.ts';

export interface RunReading {
  report: EvaluationReport;
  isWhole: boolean;
}

/** The report where it is whole, else that of what was measured so far. */
export async function readReport(folder: RunFolder, run: KeptRun): Promise<RunReading> {
  const report = await folder.report(run.id);
  return report ? { report, isWhole: true } : readRows(folder, run);
}

/** The same, without the rows of one that is whole. */
export async function readHead(folder: RunFolder, run: KeptRun): Promise<RunReading> {
  const report = await folder.reportHead(run.id);
  return report ? { report, isWhole: true } : readRows(folder, run);
}

function readRows(folder: RunFolder, run: KeptRun): RunReading {
  const rows = folder.rows(run.id);
  return { report: summarise(factsOf(run, rows.length), rows), isWhole: false };
}

/** @param jobState of the job that measures it; undefined where there is none any more */
export function describeRun(
  run: KeptRun,
  { report, isWhole }: RunReading,
  jobState: JobState | undefined,
): EvaluationSummary {
  const suite = report.testSuite?.testSuiteAccuracy;
  return {
    ...run,
    state: isWhole ? 'succeeded' : (jobState ?? 'interrupted'),
    model: report.model || nameModel(run.request),
    n: report.n,
    execution: report.execution.all,
    exactMatch: report.exactMatch.all,
    ...(typeof suite === 'number' ? { testSuiteAccuracy: suite } : {}),
    medianMs: report.medianMs,
  };
}

/** Before its first answer a model is known by its file only. */
export function nameModel({ modelPath }: EvaluationRequest): string {
  return modelPath === undefined ? 'starter' : basename(modelPath);
}

function factsOf({ request, mode, model, startedAt, total }: KeptRun, n: number) {
  const { split, candidates } = request;
  return { split, mode, model, candidates, measuredAt: startedAt, total: total ?? n };
}
