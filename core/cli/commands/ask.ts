import type { Command } from 'commander';
import { AppError, type Answer, type AskInput } from '../../contract/index.ts';
import { parseDb, wholeNumber } from '../arguments.ts';
import { formatError, formatResult } from '../console.ts';
import type { CliContext } from '../context.ts';
import { askOnce } from '../ask-once.ts';

interface AskFlags {
  db: string;
  model?: string;
  candidates?: number;
  timeoutMs?: number;
  maxRows?: number;
  execute: boolean;
  json?: boolean;
}

export function registerAsk(program: Command, context: CliContext): void {
  program
    .command('ask')
    .description('ask one question: writes the SQL, checks it, runs it read-only')
    .argument('<question>', 'the question in plain words')
    .requiredOption('--db <url>', 'postgres://… or demo:NAME', parseDb)
    .option('--model <file>', 'a GGUF file (default: the embedded starter model)')
    .option('--candidates <n>', 'how many statements to write and vote on', wholeNumber(1, 16))
    .option('--timeout-ms <n>', 'statement timeout', wholeNumber(1, 3_600_000))
    .option('--max-rows <n>', 'row cap', wholeNumber(1, 100_000))
    .option('--no-execute', 'write and check the statement, do not run it')
    .option('--json', 'print JSON')
    .action((question: string, flags: AskFlags) => ask(question, flags, context));
}

async function ask(question: string, flags: AskFlags, context: CliContext): Promise<void> {
  if (question.trim() === '')
    throw new AppError('INVALID_INPUT', 'The question is empty.', { hint: 'Type one.' });
  const answer = await askOnce(await context.core(), toInput(question, flags), {
    signal: context.signal,
    onStage: (stage) => context.console.progress(`${stage} …`),
  });
  if (answer.outcome !== 'succeeded' && answer.outcome !== 'not-run') context.setExitCode(1);
  if (flags.json) context.console.out(JSON.stringify(toJson(answer), null, 2));
  else printAnswer(answer, context);
}

function toInput(question: string, flags: AskFlags) {
  return {
    connectionId: flags.db,
    question,
    execute: flags.execute,
    modelPath: flags.model,
    candidates: flags.candidates,
    timeoutMs: flags.timeoutMs,
    maxRows: flags.maxRows,
  } satisfies Partial<AskInput>;
}

/** The shape that the house promises, with the outcome and its message beside it. */
function toJson({ question, sql, result, historyId: _historyId, ...rest }: Answer) {
  return {
    question,
    sql,
    columns: result?.columns ?? [],
    rows: result?.rows ?? [],
    rowCount: result?.rowCount ?? 0,
    truncated: result?.truncated ?? false,
    ...rest,
  };
}

function printAnswer(answer: Answer, { console }: CliContext): void {
  if (answer.sql) console.out(`${answer.sql}\n`);
  if (answer.result) console.out(formatResult(answer.result));
  if (answer.message)
    console.err(formatError({ code: 'SQL_EXECUTION', message: answer.message, hint: answer.hint }));
  console.err(`${answer.model}, ${Math.round(answer.timingsMs.totalMs)} ms`);
}
