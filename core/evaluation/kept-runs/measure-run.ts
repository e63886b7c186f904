import {
  type EvaluationMetric,
  type EvaluationReport,
  type EvaluationRow,
  type HandlerContext,
  type JobProgress,
} from '../../contract/index.ts';
import type { EvaluationEvent } from '../run-evaluation.ts';
import { readReport } from './describe-run.ts';
import type { KeptRun, RunFolder } from './run-folder.ts';

/** What a run tells while it is measured: the channels of its job. */
export interface MeasureReport {
  progress(progress: JobProgress): void;
  metric(metric: EvaluationMetric): void;
  log(text: string, level?: 'warning'): void;
}

export interface MeasureOptions {
  folder: RunFolder;
  /** Whether the questions that were asked before have been told of. */
  isKnown: boolean;
  run(resume: EvaluationReport | undefined): AsyncIterable<EvaluationEvent>;
  report: MeasureReport;
  signal: HandlerContext['signal'];
}

/** Measures a run, or goes on with it. Each row is written down as it comes. */
export async function measureRun(id: string, options: MeasureOptions): Promise<void> {
  const { folder } = options;
  const run = await folder.get(id);
  const before = await readReport(folder, run);
  const resume = before.report.n > 0 ? before.report : undefined;
  if (resume && !options.isKnown) for (const row of resume.rows) options.report.metric(metricOf(row));
  const startedAt = performance.now();
  try {
    for await (const event of options.run(resume)) await take(run, event, before.report.n, options);
  } finally {
    const spentMs = run.spentMs + Math.round(performance.now() - startedAt);
    await folder.change(id, { spentMs, endedAt: new Date().toISOString() });
  }
}

async function take(
  run: KeptRun,
  event: EvaluationEvent,
  asked: number,
  { folder, report }: MeasureOptions,
): Promise<void> {
  switch (event.kind) {
    case 'start':
      await folder.change(run.id, { total: event.run.total });
      report.log(
        `${event.run.total} questions of the split ${event.run.split}, statements ${event.run.mode}.`,
      );
      if (asked > 0) report.log(`${asked} of them were asked before.`);
      report.progress({ done: asked, total: event.run.total });
      return;
    case 'row':
      await takeRow(run, event, folder);
      // First the metric: where the process ends between the two, the question is asked, and told of, again.
      report.metric(metricOf(event.row));
      folder.addRow(run.id, event.row);
      logRow(event.row, report);
      report.progress({ done: event.done, total: event.total, note: event.row.question });
      return;
    case 'suite':
      report.progress({ done: event.done, total: event.total, note: 'Test suite' });
      return;
    case 'report':
      await folder.writeReport(run.id, event.report);
  }
}

async function takeRow(
  run: KeptRun,
  { model }: Extract<EvaluationEvent, { kind: 'row' }>,
  folder: RunFolder,
): Promise<void> {
  if (model === '' || model === run.model) return;
  run.model = model;
  await folder.change(run.id, { model });
}

function logRow({ id, correct, causes, message, ms }: EvaluationRow, report: MeasureReport): void {
  if (correct) report.log(`${id} right, ${ms} ms`);
  else
    report.log(`${id} wrong, ${ms} ms: ${causes[0] ?? 'other'}${message ? `, ${message}` : ''}`, 'warning');
}

function metricOf({
  id,
  db,
  question,
  hardness,
  correct,
  outcome,
  ms,
  causes,
}: EvaluationRow): EvaluationMetric {
  const cause = causes[0];
  return { id, db, question, hardness, correct, outcome, ms, ...(cause ? { cause } : {}) };
}
