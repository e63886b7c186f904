import type { Command } from 'commander';
import { Option } from 'commander';
import { writeFile } from 'node:fs/promises';
import { AppError, type EvaluationReport } from '../../contract/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';

interface EvalFlags {
  split: 'demo' | 'dev';
  model?: string;
  limit?: number;
  out?: string;
  json?: boolean;
}

export function registerEval(program: Command, context: CliContext): void {
  program
    .command('eval')
    .description('execution accuracy by hardness, on PostgreSQL')
    .addOption(new Option('--split <name>', 'which questions').choices(['demo', 'dev']).makeOptionMandatory())
    .option('--model <file>', 'a GGUF file (default: the embedded starter model)')
    .option('--limit <n>', 'only the first N questions', wholeNumber(1, 1_000_000))
    .option('--out <file>', 'write the whole report there as JSON')
    .option('--json', 'print the report as JSON')
    .action((flags: EvalFlags) => evaluate(flags, context));
}

async function evaluate(flags: EvalFlags, context: CliContext): Promise<void> {
  const report = await runEvaluation(flags, context);
  const json = JSON.stringify(report, null, 2);
  if (flags.out) await writeFile(flags.out, `${json}\n`);
  context.console.out(flags.json ? json : formatReport(report));
}

async function runEvaluation(flags: EvalFlags, context: CliContext): Promise<EvaluationReport> {
  const client = await context.core();
  const input = { split: flags.split, modelPath: flags.model, limit: flags.limit };
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
