import type { Command } from 'commander';
import { Option } from 'commander';
import { writeFile } from 'node:fs/promises';
import { evaluatePredictions } from '../../app/evaluate-predictions.ts';
import { projectDataDir } from '../../app/spider-pipeline.ts';
import { AppError, type EvaluationReport, type PredictionReport } from '../../contract/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';

interface EvalFlags {
  split?: 'demo' | 'dev';
  predictions?: string;
  model?: string;
  limit?: number;
  timeoutMs?: number;
  dataDir: string;
  out?: string;
  json?: boolean;
}

export function registerEval(program: Command, context: CliContext): void {
  program
    .command('eval')
    .description('execution accuracy by hardness, on PostgreSQL')
    .addOption(new Option('--split <name>', 'which questions to ask a model').choices(['demo', 'dev']))
    .addOption(
      new Option(
        '--predictions <file>',
        'lines {id, dbId, predictedSql, goldSql} to judge on Spider instead',
      ).conflicts(['split', 'model']),
    )
    .option('--model <file>', 'a GGUF file (default: the embedded starter model)')
    .option('--limit <n>', 'only the first N questions', wholeNumber(1, 1_000_000))
    .addOption(
      new Option('--timeout-ms <n>', 'for each predicted statement, 5000 by default')
        .argParser(wholeNumber(1, 3_600_000))
        .conflicts('split'),
    )
    .option('--data-dir <folder>', 'with --predictions: holds raw/ and cache/', projectDataDir)
    .option('--out <file>', 'write the whole report there as JSON')
    .option('--json', 'print the report as JSON')
    .action((flags: EvalFlags) => evaluate(flags, context));
}

async function evaluate(flags: EvalFlags, context: CliContext): Promise<void> {
  if (flags.predictions !== undefined) return judge(flags.predictions, flags, context);
  if (flags.split !== undefined) return ask(flags.split, flags, context);
  throw new AppError('INVALID_INPUT', 'Nothing says what to evaluate.', {
    hint: 'Give --split demo, or --predictions FILE.jsonl.',
  });
}

async function judge(file: string, flags: EvalFlags, context: CliContext): Promise<void> {
  const { dataDir, limit, timeoutMs } = flags;
  const report = await evaluatePredictions({
    ...{ file, dataDir, limit, timeoutMs },
    signal: context.signal,
    report: (done, total) => context.console.progress(`${done} of ${total}`),
  });
  await show(report, formatPredictions(report), flags, context);
}

async function ask(split: 'demo' | 'dev', flags: EvalFlags, context: CliContext): Promise<void> {
  const report = await runEvaluation(split, flags, context);
  await show(report, formatReport(report), flags, context);
}

async function show(report: object, text: string, flags: EvalFlags, context: CliContext): Promise<void> {
  const json = JSON.stringify(report, null, 2);
  if (flags.out) await writeFile(flags.out, `${json}\n`);
  context.console.out(flags.json ? json : text);
}

async function runEvaluation(
  split: 'demo' | 'dev',
  flags: EvalFlags,
  context: CliContext,
): Promise<EvaluationReport> {
  const client = await context.core();
  const input = { split, modelPath: flags.model, limit: flags.limit };
  for await (const event of client['evaluation.run'](input, { signal: context.signal })) {
    if (event.kind === 'report') return event.report;
    const { row, done, total } = event;
    context.console.progress(`${done} of ${total}  ${row.correct ? 'right' : 'wrong'}  ${row.question}`);
  }
  throw new AppError('INTERNAL', 'The evaluation ended without a report.');
}

function formatReport({
  split,
  engine,
  model,
  n,
  correct,
  executionAccuracy,
  rows,
}: EvaluationReport): string {
  const wrong = rows.filter((row) => !row.correct);
  const shares = Object.entries(executionAccuracy).map(
    ([hardness, share]) =>
      `  ${hardness.padEnd(8)}${share === null ? 'no questions' : `${(share * 100).toFixed(1)} %`}`,
  );
  return [
    `Execution accuracy on the ${split} split, ${engine}, ${model}: ${correct} of ${n} right.`,
    ...shares,
    ...(wrong.length > 0 ? ['Wrong:'] : []),
    ...wrong.map((row) => `  ${row.id} ${row.question} (${row.outcome})`),
  ].join('\n');
}

function formatPredictions({ n, executionAccuracy, outcomes, goldFailed, rows }: PredictionReport): string {
  const share = executionAccuracy === null ? 'nothing judged' : `${(executionAccuracy * 100).toFixed(1)} %`;
  const others = rows.filter(({ outcome }) => outcome !== 'correct');
  return [
    `Execution accuracy on Spider, postgresql: ${share} (${outcomes.correct} of ${n} right).`,
    `  wrong rows ${outcomes.wrong}, errors ${outcomes.error}, timeouts ${outcomes.timeout}`,
    ...(goldFailed > 0 ? [`  not judged, as the gold SQL does not run: ${goldFailed}`] : []),
    ...(others.length > 0 ? ['Not right:'] : []),
    ...others.map(({ id, dbId, outcome, message }) => `  ${id} ${dbId} (${outcome}): ${message ?? ''}`),
  ].join('\n');
}
