import type { Command } from 'commander';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { AppError, type CoreClient, type Prediction } from '../../contract/index.ts';
import { parseDb, wholeNumber } from '../arguments.ts';
import { askOnce } from '../ask-once.ts';
import { formatError } from '../console.ts';
import type { CliContext } from '../context.ts';
import { addModelOptions, chooseModel, type ModelFlags } from '../endpoint-flags.ts';
import { isBlank, readQuestion, type QuestionLine } from '../question-line.ts';

interface PredictFlags extends ModelFlags {
  db?: string;
  questions: string;
  out: string;
  candidates?: number;
  timeoutMs?: number;
  execute: boolean;
  json?: boolean;
}

type ChosenFlags = PredictFlags & { modelPath: string | undefined };

export function registerPredict(program: Command, context: CliContext): void {
  const command = program
    .command('predict')
    .description('answer many questions: lines {id, question, db?} in, lines {id, sql, outcome, ms} out')
    .option('--db <url>', 'postgres://… or demo:NAME; a line may name its own', parseDb)
    .requiredOption('--questions <file>', 'JSON Lines to read')
    .requiredOption('--out <file>', 'JSON Lines to write');
  addModelOptions(command)
    .option('--candidates <n>', 'how many statements to write and vote on', wholeNumber(1, 16))
    .option('--timeout-ms <n>', 'statement timeout', wholeNumber(1, 3_600_000))
    .option('--no-execute', 'write and check the statements, do not run them')
    .option('--json', 'print a summary as JSON')
    .action((flags: PredictFlags) => predict(flags, context));
}

/** Failures of one question are lines like all others; only files that cannot be used end the command. */
async function predict(flags: PredictFlags, context: CliContext): Promise<void> {
  const modelPath = chooseModel(flags, context.console);
  await tellPlainPrompt(flags.model, context);
  const input = await openFile(flags.questions, 'r');
  const output = await openOutput(input, flags.out).catch(async (error: unknown) => {
    await input.close();
    throw error;
  });
  const counts = { lines: 0, answered: 0 };
  let lineNumber = 0;
  try {
    for await (const text of input.readLines({ encoding: 'utf8' })) {
      lineNumber += 1;
      if (isBlank(text)) continue;
      counts.lines += 1;
      const prediction = await predictLine(
        readQuestion(text, lineNumber, flags.db),
        { ...flags, modelPath },
        context,
      );
      if (prediction.sql !== '') counts.answered += 1;
      await output.appendFile(`${JSON.stringify(prediction)}\n`);
      context.console.progress(`${counts.lines} done, ${counts.answered} with SQL`);
    }
  } finally {
    await output.close();
  }
  report(counts, flags, context);
}

/** A model that cannot be inspected is told about at the first question. */
async function tellPlainPrompt(file: string | undefined, { core, console }: CliContext): Promise<void> {
  if (file === undefined) return;
  const info = await (await core())['models.inspect']({ path: file }).catch(() => undefined);
  if (info?.targetForm !== 'sql' || info.chatTemplate !== false) return;
  console.err(`${info.name} has no chat template: it goes on from the plain prompt.`);
}

function report(counts: { lines: number; answered: number }, flags: PredictFlags, context: CliContext): void {
  if (flags.json) context.console.out(JSON.stringify({ ...counts, out: flags.out }));
  else context.console.err(`${counts.lines} lines written to ${flags.out}, ${counts.answered} with SQL.`);
  if (counts.lines > 0 && counts.answered === 0) context.setExitCode(1);
}

async function predictLine(line: QuestionLine, flags: ChosenFlags, context: CliContext): Promise<Prediction> {
  if ('problem' in line) return { id: line.id, sql: '', outcome: 'not-run', ms: 0, message: line.problem };
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    const answer = await answerLine(await context.core(), line, flags, context.signal);
    const { sql, outcome, message } = answer;
    return { id: line.id, sql, outcome, ms: ms(), ...(message === undefined ? {} : { message }) };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (context.signal.aborted) throw error;
    return { id: line.id, sql: '', outcome: 'failed', ms: ms(), message: formatError(error) };
  }
}

function answerLine(
  client: CoreClient,
  line: Extract<QuestionLine, { question: string }>,
  flags: ChosenFlags,
  signal: AbortSignal,
) {
  const { modelPath, candidates, timeoutMs, execute } = flags;
  const { connectionId, question } = line;
  return askOnce(
    client,
    // A batch would push the user's own questions out of the history.
    { connectionId, question, execute, modelPath, candidates, timeoutMs, remember: false },
    { signal },
  );
}

/** Opening a file for writing empties it, so it must not be the one that the questions are in. */
async function openOutput(input: FileHandle, path: string): Promise<FileHandle> {
  const [from, to] = await Promise.all([input.stat(), stat(path).catch(() => undefined)]);
  if (to && to.dev === from.dev && to.ino === from.ino) {
    throw new AppError('INVALID_INPUT', `${path} is the file that the questions are read from.`, {
      hint: 'Give another file as --out.',
    });
  }
  return openFile(path, 'w');
}

async function openFile(path: string, mode: 'r' | 'w'): Promise<FileHandle> {
  try {
    return await open(path, mode);
  } catch (cause) {
    const what = mode === 'r' ? 'read' : 'written';
    const code = mode === 'r' ? 'NOT_FOUND' : 'PERMISSION_DENIED';
    throw new AppError(code, `The file ${path} cannot be ${what}.`, {
      hint: 'Check its path and rights.',
      cause,
    });
  }
}
