import type { Command } from 'commander';
import { resolve } from 'node:path';
import { AppError, mostSteps, type CoreClient, type DoctorReport } from '../../contract/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { parseTarget, readDraft, resolveTarget, type TargetFlag } from './train-draft.ts';
import { followRun, untilStarted } from './train-follow.ts';
import { formatOutcome } from './train-format.ts';
import { registerTrainHosts } from './train-hosts.ts';
import { registerTrainMore } from './train-more.ts';
import { registerTrainRuns } from './train-runs.ts';
import { registerTrainSetup } from './train-setup.ts';

export interface TrainFlags {
  recipe?: string;
  draft?: string;
  target?: TargetFlag;
  python?: string;
  resume?: string;
  maxSteps?: number;
  ignoreDoctor?: boolean;
  follow?: boolean;
  json?: boolean;
}

/** `train`: what the Training page does. */
export function registerTrain(program: Command, context: CliContext): void {
  const train = program
    .command('train')
    .description('start a training run, or go on with one')
    .option('--recipe <file>', "the trainer's own YAML file")
    .option('--draft <file>', 'a draft as the wizard makes it, JSON')
    .option('--target <place>', 'local, ssh:HOST or colab:PROJECT/BUCKET (default: local)', parseTarget)
    .option('--python <path>', 'a Python of your own with the packages of requirements.lock')
    .option('--resume <run>', 'go on from the last checkpoint of a run')
    .option('--max-steps <n>', 'with --resume: another limit', wholeNumber(1, mostSteps))
    .option('--ignore-doctor', 'with --draft: start although the doctor finds failures')
    .option('--follow', 'stay until it has ended; Ctrl-C leaves it running')
    .option('--json', 'print JSON')
    .action((flags: TrainFlags) => start(flags, context));
  registerTrainRuns(train, context);
  registerTrainSetup(train, context);
  registerTrainHosts(train, context);
  registerTrainMore(train, context);
}

async function start(flags: TrainFlags, context: CliContext): Promise<void> {
  const client = await context.core();
  const runId = await begin(flags, client, context);
  const started = await untilStarted(runId, client, context);
  const run = flags.follow === true ? await followRun(runId, client, context) : started;
  context.console.out(flags.json === true ? JSON.stringify(run, null, 2) : formatOutcome(run));
  if (flags.follow !== true && run.state === 'running')
    context.console.err(
      `It runs on by itself, and nobody watches: \`sqlcodegen train watch ${runId}\` does, and the app when it is opened.`,
    );
  context.setExitCode(['failed', 'lost', 'cancelled'].includes(run.state) ? 1 : 0);
}

/** @throws AppError INVALID_INPUT with what was found */
function expectSound({ status, checks }: DoctorReport): void {
  if (status !== 'failure') return;
  const found = checks.filter((check) => check.status === 'failure');
  const told = found.map(({ title, detail }) => `${title}: ${detail}`).join('\n  ');
  throw new AppError('INVALID_INPUT', `The doctor found what would waste this run:\n  ${told}`, {
    hint: 'Mend it (`train doctor --draft` has its advice), or start it all the same with --ignore-doctor.',
  });
}

async function begin(flags: TrainFlags, client: CoreClient, { signal }: CliContext): Promise<string> {
  const given = [flags.recipe, flags.draft, flags.resume].filter((flag) => flag !== undefined);
  if (given.length !== 1) {
    throw new AppError('INVALID_INPUT', 'Give one of --recipe FILE, --draft FILE or --resume RUN.', {
      hint: '`sqlcodegen train list` lists the runs.',
    });
  }
  if (flags.resume !== undefined) {
    const { maxSteps } = flags;
    await client['training.resume']({ runId: flags.resume, maxSteps }, { signal });
    return flags.resume;
  }
  const target = await resolveTarget(flags.target, flags.python, client);
  if (flags.recipe !== undefined) {
    const recipe = {
      path: resolve(flags.recipe),
      folder: process.cwd(),
      target: target ?? { kind: 'local' as const },
    };
    return (await client['training.startRecipe'](recipe, { signal })).runId;
  }
  const draft = await readDraft(resolve(flags.draft ?? ''), target);
  const ignoreDoctor = flags.ignoreDoctor === true;
  if (!ignoreDoctor) expectSound(await client['training.doctor']({ draft }, { signal }));
  return (await client['training.start']({ draft, ignoreDoctor }, { signal })).runId;
}
