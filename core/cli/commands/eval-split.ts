import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { renderEvaluation, summarise, type RunFacts } from '../../app/index.ts';
import {
  AppError,
  type EvaluationMode,
  type EvaluationReport,
  type EvaluationRow,
  type EvaluationSplit,
} from '../../contract/index.ts';
import { formatError } from '../console.ts';
import type { CliContext } from '../context.ts';
import { chooseModel, type ModelFlags } from '../endpoint-flags.ts';
import { formatReport } from './eval-format.ts';
import { readReport } from './eval-report-file.ts';
import { showReport, writeReport, type ReportFlags } from './eval-show.ts';

export interface SplitFlags extends ReportFlags, ModelFlags {
  split: EvaluationSplit;
  limit?: number;
  db?: string;
  mode?: EvaluationMode;
  candidates?: number;
  resume?: string;
  testSuite?: number;
  /** A page that shows the report. */
  html?: string;
}

export async function measureSplit(flags: SplitFlags, context: CliContext): Promise<void> {
  await expectWritable(flags.out);
  await expectWritable(flags.html);
  const resume = flags.resume === undefined ? undefined : await readReport(flags.resume);
  const report = await runEvaluation(flags, resume, context);
  if (flags.html !== undefined) await writeReport(flags.html, await renderEvaluation(report));
  await showReport(report, formatReport(report), flags, context);
  if (report.n < report.total) tellRest(report, flags, context);
}

/** A run that was ended early, or that failed, gives what it measured; @throws AppError where that is nothing. */
async function runEvaluation(
  { split, limit, db, mode, candidates, testSuite, out, ...flags }: SplitFlags,
  resume: EvaluationReport | undefined,
  { core, signal, console, setExitCode }: CliContext,
): Promise<EvaluationReport> {
  const modelPath = chooseModel(flags, console);
  const client = await core();
  const input = { ...{ split, limit, db, mode, candidates, resume, testSuite }, modelPath };
  const rows: EvaluationRow[] = [];
  const measured = () => [...(resume?.rows ?? []), ...rows];
  let run: RunFacts | undefined;
  try {
    for await (const event of client['evaluation.run'](input, { signal })) {
      if (event.kind === 'report') return event.report;
      if (event.kind === 'start') run = { ...event.run, model: resume?.model ?? '' };
      if (event.kind === 'suite') console.progress(`test suite: ${event.done} of ${event.total}`);
      if (event.kind === 'row') {
        rows.push(event.row);
        if (run) run.model = event.model;
        console.progress(progressLine(event, rows));
        if (run && out !== undefined && rows.length % keptEvery === 0) await keep(out, run, measured());
      }
    }
    throw new AppError('INTERNAL', 'The evaluation ended without a report.');
  } catch (error) {
    if (run === undefined || rows.length === 0) throw error;
    if (!signal.aborted) console.err(formatError(AppError.from(error)));
    setExitCode(1);
    return summarise(run, measured());
  }
}

/** Questions after which the report so far is written, so that a killed process loses few. */
const keptEvery = 50;

async function keep(file: string, run: RunFacts, rows: readonly EvaluationRow[]): Promise<void> {
  await writeReport(file, `${JSON.stringify(summarise(run, rows))}\n`);
}

function progressLine(
  { row, done, total }: { row: EvaluationRow; done: number; total: number },
  rows: readonly EvaluationRow[],
): string {
  const right = rows.filter(({ correct }) => correct).length;
  return `${done} of ${total}, ${right} of ${rows.length} right  ${row.correct ? 'right' : 'wrong'}  ${row.question}`;
}

function tellRest({ n, total }: EvaluationReport, { out }: SplitFlags, { console }: CliContext): void {
  const goOn = out === undefined ? '' : ` --resume ${out} goes on with it.`;
  console.err(`Ended early: ${n} of ${total} questions were asked.${goOn}`);
}

/** Before an hour of work, not after it. */
async function expectWritable(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const place = await access(file, constants.W_OK)
    .catch(() => access(dirname(file), constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  if (place) return;
  throw new AppError('INVALID_INPUT', `The file ${file} cannot be written.`, {
    hint: 'Check its path and rights.',
  });
}
