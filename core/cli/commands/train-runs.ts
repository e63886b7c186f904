import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  quantizationTypeSchema,
  type CoreClient,
  type QuantizationType,
  type TrainingRunInfo,
} from '../../contract/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { followRun, untilJobEnded } from './train-follow.ts';
import { formatOutcome, formatRun } from './train-format.ts';

type RunCall = (client: CoreClient, runId: string, command: Command) => Promise<unknown>;

/** Commands on runs that are there. `--json` stands at `train`, which reads it first. */
export function registerTrainRuns(train: Command, context: CliContext): void {
  const add = (
    name: string,
    description: string,
    call: RunCall,
    format: (answer: unknown) => string,
  ): Command =>
    train
      .command(name)
      .description(description)
      .argument('<run>', 'its id, as `train list` prints it')
      .action(async (runId: string, _flags: unknown, command: Command) => {
        const answer = await call(await context.core(), runId, command);
        const { json } = command.optsWithGlobals<{ json?: boolean }>();
        context.console.out(json === true ? JSON.stringify(answer, null, 2) : format(answer));
      });
  const { signal } = context;
  registerList(train, context);
  add(
    'show',
    'all that is known of a run',
    (client, runId) => client['training.get']({ runId }),
    (run) => JSON.stringify(run, null, 2),
  );
  add(
    'watch',
    'follow a run until it has ended; Ctrl-C leaves it running',
    async (client, runId) => followRun(runId, client, context),
    (run) => formatOutcome(run as TrainingRunInfo),
  );
  add(
    'stop',
    'save a checkpoint and end',
    (client, runId) => client['training.stop']({ runId }, { signal }),
    asRun,
  );
  add('cancel', 'end at once', (client, runId) => client['training.cancel']({ runId }, { signal }), asRun);
  addJob(add, context);
  add(
    'clean-up',
    'remove what a run left on the machine where it ran',
    (client, runId) => client['training.cleanUp']({ runId }, { signal }),
    () => 'Removed there.',
  );
  add(
    'remove',
    "remove a run's folder with all its checkpoints",
    async (client, runId) => {
      const run = await client['training.get']({ runId });
      await client['training.remove']({ runId });
      return { removed: runId, ...(run.can.cleanUp && { leftAt: run.where }) };
    },
    (answer) => {
      const { leftAt } = answer as { leftAt?: string };
      return leftAt === undefined
        ? 'Removed.'
        : `Removed here. What it left on ${leftAt} stays there, to be removed by hand; \`train clean-up\` does that only for a run that is still here.`;
    },
  );
  add(
    'log',
    "the end of the trainer's own output",
    async (client, runId, command) => {
      const { lines } = command.opts<{ lines: number }>();
      return client['training.log']({ runId, from: -lines, limit: lines });
    },
    (answer) => (answer as { lines: string[] }).lines.join('\n'),
  ).addOption(new Option('--lines <n>', 'how many').argParser(wholeNumber(1, 2_000)).default(200));
}

type Add = (name: string, description: string, call: RunCall, format: (answer: unknown) => string) => Command;

function addJob(add: Add, context: CliContext): void {
  add(
    'export',
    'GGUF files of a run, into the models folder',
    async (client, runId, command) => {
      const { type, checkpoint } = command.opts<{ type: QuantizationType[]; checkpoint?: string }>();
      const { jobId } = await client['training.export']({ runId, types: type, checkpoint });
      return untilJobEnded(jobId, client, context);
    },
    (job) => (job as { resultId?: string }).resultId ?? '',
  )
    .option('--type <types>', 'one or several with commas (default: Q8_0)', parseTypes, ['Q8_0'])
    .option('--checkpoint <name>', 'step-000500 (default: the best)');
  add(
    'fetch',
    'bring checkpoints and results of a run elsewhere',
    async (client, runId) => {
      const { jobId } = await client['training.fetch']({ runId });
      return untilJobEnded(jobId, client, context);
    },
    () => 'It is all here.',
  );
}

function asRun(answer: unknown): string {
  return formatRun(answer as Parameters<typeof formatRun>[0]);
}

function parseTypes(text: string): QuantizationType[] {
  return text.split(',').map((name) => {
    const type = quantizationTypeSchema.safeParse(name.trim().toUpperCase());
    if (type.success) return type.data;
    throw new InvalidArgumentError(`The types are ${quantizationTypeSchema.options.join(', ')}.`);
  });
}

function registerList(train: Command, context: CliContext): void {
  train
    .command('list')
    .description('all runs, the newest first')
    .action(async (_flags: unknown, command: Command) => {
      const runs = await (await context.core())['training.list']({});
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      if (json === true) return context.console.out(JSON.stringify(runs, null, 2));
      context.console.out(runs.length === 0 ? 'No runs yet.' : runs.map(formatRun).join('\n'));
    });
}
