import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type z } from 'zod';
import { AppError, type TrainingTarget } from '../../../contract/index.ts';
import { checkOwnPython, pythonEnvironment, type TrainingEnvironment } from '../../environment/index.ts';
import { callLaunch, processStatusSchema } from '../call-launch.ts';
import type { LaunchContext, LaunchedRun, Launcher } from '../launcher.ts';
import { readProcess } from './process-record.ts';

export interface LocalLauncherDeps {
  trainerDir: string;
  environment: TrainingEnvironment;
  /** Names the Python of every local run that names none, in place of the app's environment. */
  ownPython?: string | undefined;
  /** For the trainer, and for what it runs: the app's own folders. */
  env: Record<string, string>;
  /** GPUs of this machine. */
  countGpus(signal: AbortSignal): Promise<number>;
}

const pollMs = 250;

/** Trains on this machine: the run's folder is where the trainer writes, so nothing is brought anywhere. */
export function createLocalLauncher(deps: LocalLauncherDeps): Launcher {
  const { trainerDir, environment } = deps;
  const pythonOf = (target: TrainingTarget): string => ownPythonOf(target, deps) ?? environment.python;
  const call = <T>(
    run: LaunchedRun,
    args: string[],
    schema: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const [command = '', ...rest] = args;
    const python = pythonOf(run.target);
    return callLaunch(
      { python, trainerDir, args: [command, run.runDir, ...rest], ...(signal && { signal }) },
      schema,
    );
  };
  return {
    async prepare(run, context) {
      refuseOtherSystems();
      const own = ownPythonOf(run.target, deps);
      if (own !== undefined)
        return void (await checkOwnPython(own, { trainerDir, needsQuantizedBase: run.needsQuantizedBase }));
      await environment.make(context, run.needsQuantizedBase);
    },
    async start(run, { resume }, context) {
      context.progress('starting the trainer');
      const processes = await chooseProcesses(run.runDir, await deps.countGpus(context.signal));
      const env = { ...deps.env, ...offlineBase, ...pythonEnvironment(trainerDir) };
      const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
      const args = ['start', ...(resume ? ['--resume'] : []), '--processes', String(processes), ...variables];
      // Not by the signal: what is being started is on record first, so that a cancel finds it.
      await call(run, args, processStatusSchema);
    },
    status: async (run, signal) => {
      const status = await readProcess(run.runDir);
      return status.state === 'lost' ? call(run, ['status'], processStatusSchema, signal) : status;
    },
    follow: (run, context) =>
      follow(run, context, () => call(run, ['status'], processStatusSchema, context.signal)),
    async stop(run, signal) {
      await call(run, ['stop'], processStatusSchema, signal);
    },
    async cancel(run) {
      // Not by the signal: a cancel that was begun is finished. Whatever is on record: it may be about to be started.
      await call(run, ['cancel'], processStatusSchema).catch(async (error: unknown) => {
        const { state } = await readProcess(run.runDir);
        if (state !== 'none' || AppError.from(error).code !== 'PYTHON_MISSING') throw error;
      });
    },
    async fetch() {
      // It is all here.
    },
    async cleanUp() {
      // Nothing is anywhere else.
    },
  };
}

/** A hub is never asked: the base lies on this machine, and whether the app may go online is not the trainer's to decide. */
const offlineBase = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' };

async function follow(
  run: LaunchedRun,
  { signal }: LaunchContext,
  ask: () => ReturnType<Launcher['follow']>,
): ReturnType<Launcher['follow']> {
  for (;;) {
    signal.throwIfAborted();
    if ((await readProcess(run.runDir)).state !== 'running') return ask();
    await wait(pollMs, undefined, { signal });
  }
}

/** What was asked for, else what the environment names. */
export function ownPythonOf(
  target: TrainingTarget,
  { ownPython }: Pick<LocalLauncherDeps, 'ownPython'>,
): string | undefined {
  return (target.kind === 'local' ? target.python : undefined) ?? ownPython;
}

function refuseOtherSystems(): void {
  if (process.platform === 'linux') return;
  throw new AppError('INVALID_INPUT', 'Training on this machine works on Linux only.', {
    hint: 'Choose an SSH host or Colab.',
  });
}

/** All GPUs, where the packs of a step can be shared out evenly; else one process. */
async function chooseProcesses(runDir: string, gpus: number): Promise<number> {
  if (gpus < 2) return 1;
  const recipe = await readFile(join(runDir, 'recipe.yaml'), 'utf8');
  const packs = Number(/^ {2}packs_per_step: (\d+)/m.exec(recipe)?.[1] ?? 1);
  return packs % gpus === 0 ? gpus : 1;
}
