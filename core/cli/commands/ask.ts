import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError, turnSchema, type Answer, type AskInput, type Turn } from '../../contract/index.ts';
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
  after?: string;
  tryAnyway?: boolean;
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
    .option(
      '--candidates <n>',
      'how many statements to write and vote on (default: 8 for the starter, 1 for models that write SQL as text)',
      wholeNumber(1, 16),
    )
    .option('--after <file>', 'a follow-up: the JSON that `ask --json` printed for the question before')
    .option('--try-anyway', 'offer a statement even where nothing in the schema stands for the question')
    .option('--timeout-ms <n>', 'statement timeout', wholeNumber(1, 3_600_000))
    .option('--max-rows <n>', 'row cap', wholeNumber(1, 100_000))
    .option('--no-execute', 'write and check the statement, do not run it')
    .option('--json', 'print JSON')
    .action((question: string, flags: AskFlags) => ask(question, flags, context));
}

async function ask(question: string, flags: AskFlags, context: CliContext): Promise<void> {
  if (question.trim() === '')
    throw new AppError('INVALID_INPUT', 'The question is empty.', { hint: 'Type one.' });
  const previous = flags.after === undefined ? undefined : await readTurns(flags.after);
  const answer = await askOnce(
    await context.core(),
    { ...toInput(question, flags), previous },
    {
      signal: context.signal,
      onStage: (stage) => context.console.progress(`${stage} …`),
    },
  );
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
    tryAnyway: flags.tryAnyway,
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

/** One turn, or several, oldest first; of an answer printed as JSON everything but question and statement is passed over. */
const turnsSchema = z.union([z.array(turnSchema).min(1), turnSchema.transform((turn) => [turn])]);

async function readTurns(file: string): Promise<Turn[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('INVALID_INPUT', `The file ${file} cannot be read.`, { hint: afterHint, cause });
  });
  const turns = turnsSchema.safeParse(parseJson(text));
  if (turns.success) return turns.data.slice(-mostTurns);
  throw new AppError('INVALID_INPUT', `${file} holds no question with its statement.`, { hint: afterHint });
}

const afterHint = 'Give what `ask --json` printed: {"question": …, "sql": …}, or a list of such turns.';
/** The contract's own limit. */
const mostTurns = 8;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function printAnswer(answer: Answer, { console }: CliContext): void {
  if (answer.sql) console.out(`${answer.sql}\n`);
  if (answer.result) console.out(formatResult(answer.result));
  for (const { sql, result, share } of answer.alternatives) {
    console.out(`\nOr (${percent(share)} of the vote):\n${sql}\n`);
    console.out(formatResult(result));
  }
  if (answer.message)
    console.err(formatError({ code: 'SQL_EXECUTION', message: answer.message, hint: answer.hint }));
  const ms = `${Math.round(answer.timingsMs.totalMs)} ms`;
  const facts = [answer.model, describeSureness(answer), describeFollowUp(answer), ms];
  console.err(facts.filter(Boolean).join(', '));
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function describeSureness({ calibrated, confidence, agreement, candidates }: Answer): string {
  if (calibrated) return `${percent(confidence)} sure`;
  return candidates.length > 1
    ? `${percent(agreement)} of the vote of ${candidates.length} (not calibrated)`
    : '';
}

function describeFollowUp({ followUp, repaired }: Answer): string {
  if (repaired) return 'repaired after PostgreSQL refused the first statement';
  if (followUp === 'rewritten') return 'the earlier statement, changed';
  return followUp === 'new' ? 'asked as a question of its own' : '';
}
