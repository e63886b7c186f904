import { Command, CommanderError } from 'commander';
import { connectInMemory, createCore, readAppVersion, resolveDataDir } from '../app/index.ts';
import { AppError } from '../contract/index.ts';
import { registerAsk } from './commands/ask.ts';
import { registerBench } from './commands/bench.ts';
import { registerData } from './commands/data.ts';
import { registerDemo } from './commands/demo.ts';
import { registerEval } from './commands/eval.ts';
import { registerLoop } from './commands/loop-models.ts';
import { registerModels } from './commands/models.ts';
import { registerPredict } from './commands/predict.ts';
import { registerQuery } from './commands/query.ts';
import { registerServe } from './commands/serve.ts';
import { registerStore } from './commands/store.ts';
import { registerTrain } from './commands/train.ts';
import { registerValues } from './commands/values.ts';
import { formatError, type Console } from './console.ts';
import type { CliContext } from './context.ts';
import { findDataDir, nameCommands } from './name-commands.ts';

export interface CliOptions {
  console: Console;
  signal: AbortSignal;
}

const registrations = [
  registerAsk,
  registerQuery,
  registerPredict,
  registerEval,
  registerBench,
  registerDemo,
  registerData,
  registerServe,
  registerModels,
  registerStore,
  registerTrain,
  // After the two groups that it adds to.
  registerLoop,
  registerValues,
];

/**
 * Runs one command line to its end and closes what it opened.
 * @param args without the program's own name
 * @returns the exit code: 0, 1 (failed) or 2 (bad usage)
 */
export async function runCli(args: string[], { console, signal }: CliOptions): Promise<0 | 1 | 2> {
  // A host stays, and follows what runs; a command looks at it and goes, unless looking is what it is for.
  const isHost = args[0] === 'serve';
  const attachRuns = isHost || (args[0] === 'train' && args[1] === 'watch');
  const core = createLazyCore(console, { attachRuns, leaveRuns: !isHost });
  let exitCode: 0 | 1 = 0;
  const context: CliContext = {
    console,
    signal,
    core: async () => (await core.open()).client,
    handlers: async () => (await core.open()).handlers,
    leaveServerRunning: core.leaveServerRunning,
    setExitCode: (code) => (exitCode = code),
  };
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explainFailure(error, console, args);
  } finally {
    await core.close();
  }
}

function createProgram(context: CliContext): Command {
  const program = new Command('sqlcodegen')
    .description('Ask your own PostgreSQL databases questions in plain words.')
    .version(readAppVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.console.out(text.trimEnd()),
      writeErr: (text) => context.console.err(text.trimEnd()),
    })
    .showHelpAfterError('(--help shows how it is used)');
  for (const register of registrations) register(program, context);
  return program;
}

/** Commands that need no database start no core. */
function createLazyCore(
  console: Console,
  { attachRuns, leaveRuns }: { attachRuns: boolean; leaveRuns: boolean },
) {
  let opened: ReturnType<typeof start> | undefined;
  let leavesServer = false;
  const start = async () => {
    const core = await createCore({ dataDir: resolveDataDir(), version: readAppVersion(), attachRuns });
    const link = connectInMemory(core.handlers, {
      onInternalError: (method, error) => {
        if (process.env.SQLCODEGEN_DEBUG) console.err(`${method}: ${error.stack ?? error.message}`);
      },
    });
    return {
      client: link.client,
      handlers: core.handlers,
      async close() {
        link.close();
        await core.close({ leaveServer: leavesServer, leaveRuns });
      },
    };
  };
  return {
    open: () => (opened ??= start()),
    leaveServerRunning: () => void (leavesServer = true),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

function explainFailure(thrown: unknown, console: Console, args: string[]): 0 | 1 | 2 {
  // Commander has printed its own message already.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const error = AppError.from(thrown);
  const hint = error.hint && nameCommands(error.hint, findDataDir(args));
  const payload = { ...error.toPayload(), hint };
  console.err(formatError(payload));
  if (args.includes('--json')) console.out(JSON.stringify({ error: payload }));
  return error.code === 'INVALID_INPUT' ? 2 : 1;
}
