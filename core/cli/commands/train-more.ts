import { Option, type Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  AppError,
  clusterKindSchema,
  priceTableSchema,
  type ClusterKind,
  type PreparedFolder,
  type PriceTable,
  type TrainingRunInfo,
} from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { untilAborted } from '../until-aborted.ts';
import { draftOf } from './train-draft.ts';
import type { TrainFlags } from './train.ts';

const taskKinds = ['colab', 'skypilot', 'slurm', 'torchrun'] as const;

/** What the pages do besides starting and watching: a clone's draft, comparing, prices, files for elsewhere, TensorBoard. */
export function registerTrainMore(train: Command, context: CliContext): void {
  registerTaskFile(train, context);
  registerFolder(train, context);
  registerPrices(train, context);
  train
    .command('draft')
    .description('the draft that a run was started with, to be changed and started again')
    .argument('<run>', 'its id, as `train list` prints it')
    .option('--out <file>', 'write it there')
    .action(async (runId: string, { out }: { out?: string }) => {
      const { draft, name } = await (await context.core())['training.get']({ runId });
      if (!draft) {
        throw new AppError('NOT_FOUND', `${name} was not started from a draft.`, {
          hint: 'Its recipe lies in its folder as recipe.yaml or config.yaml.',
        });
      }
      await print(JSON.stringify(draft, null, 2), out, context);
    });
  train
    .command('compare')
    .description('results of several runs side by side')
    .argument('<runs...>', 'their ids')
    .action(async (runIds: string[], _flags: unknown, command: Command) => {
      const client = await context.core();
      const runs = await Promise.all(runIds.map((runId) => client['training.get']({ runId })));
      const isJson = command.optsWithGlobals<TrainFlags>().json === true;
      context.console.out(isJson ? JSON.stringify(runs, null, 2) : formatComparison(runs));
    });
  train
    .command('tensorboard')
    .description('TensorBoard on a run’s event files, until Ctrl-C')
    .argument('<run>', 'its id')
    .action(async (runId: string) => {
      const { signal, console } = context;
      const { url } = await (await context.core())['training.tensorboard']({ runId }, { signal });
      console.out(url);
      console.err('Ctrl-C ends it.');
      await untilAborted(signal);
    });
}

async function print(text: string, out: string | undefined, { console }: CliContext): Promise<void> {
  if (out === undefined) return console.out(text);
  await writeFile(resolve(out), text.endsWith('\n') ? text : `${text}\n`);
  console.out(resolve(out));
}

function registerTaskFile(train: Command, context: CliContext): void {
  train
    .command('task-file')
    .description('with --draft: a notebook, or a task for a cluster, to start it elsewhere by hand')
    .addOption(new Option('--kind <kind>', 'for what').choices(taskKinds).makeOptionMandatory())
    .option('--run <run>', 'of a Colab run: whose notebook it is')
    .option('--out <file>', 'write it there')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TrainFlags & TaskFlags>();
      const client = await context.core();
      const draft = await draftOf(flags, client);
      const { kind, run: runId, out } = flags;
      const file = await client['training.taskFile']({ draft, kind, ...(runId !== undefined && { runId }) });
      await print(file.text, out, context);
    });
}

function registerFolder(train: Command, context: CliContext): void {
  train
    .command('folder')
    .description('with --draft: a folder that several machines train from, and how it gets there and back')
    .addOption(
      new Option('--kind <kind>', 'the engine').choices(clusterKindSchema.options).makeOptionMandatory(),
    )
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TrainFlags & { kind: ClusterKind }>();
      const client = await context.core();
      const { kind } = flags;
      const draft = await draftOf(flags, client);
      const prepared = await client['training.prepareFolder']({ draft, kind }, { signal: context.signal });
      context.console.out(flags.json === true ? JSON.stringify(prepared, null, 2) : formatFolder(prepared));
    });
}

function formatFolder({ folder, steps }: PreparedFolder): string {
  const lines = steps.map(({ text, command }, at) =>
    [`${at + 1}. ${text}`, ...(command === undefined ? [] : [`   ${command}`])].join('\n'),
  );
  return [folder, ...lines].join('\n');
}

interface TaskFlags {
  kind: (typeof taskKinds)[number];
  run?: string;
  out?: string;
}

function registerPrices(train: Command, context: CliContext): void {
  train
    .command('prices')
    .description('what the estimates reckon with, as JSON; edit it and give it back with --set')
    .option('--set <file>', 'keep these from now on')
    .action(async ({ set }: { set?: string }) => {
      const client = await context.core();
      const kept =
        set === undefined
          ? await client['training.prices']({})
          : await client['training.setPrices'](await readPrices(set));
      context.console.out(JSON.stringify(kept, null, 2));
    });
}

async function readPrices(file: string): Promise<PriceTable> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `${file} cannot be read.`, { hint: 'Check its path.', cause });
  });
  const prices = priceTableSchema.safeParse(parse(text));
  if (prices.success) return prices.data;
  const [issue] = prices.error.issues;
  throw new AppError(
    'INVALID_INPUT',
    `${file} is no table of prices: ${issue?.path.join('.')}: ${issue?.message}`,
    {
      hint: '`train prices` prints the one in use.',
    },
  );
}

/** Undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function formatComparison(runs: readonly TrainingRunInfo[]): string {
  const columns: [title: string, read: (run: TrainingRunInfo) => string][] = [
    ['run', ({ id }) => id],
    ['state', ({ state }) => state],
    ['base', baseOf],
    ['method', ({ draft, started }) => draft?.recipe.method ?? started?.method ?? ''],
    ['steps', ({ step }) => String(step ?? '')],
    ['loss', ({ trainingLoss }) => trainingLoss?.toFixed(4) ?? ''],
    ['validation', ({ validationLoss }) => validationLoss?.toFixed(4) ?? ''],
    [
      'execution',
      ({ executionAccuracy }) =>
        executionAccuracy === undefined ? '' : `${(100 * executionAccuracy).toFixed(1)} %`,
    ],
    ['learning rate', ({ draft }) => String(draft?.recipe.changes.learningRate ?? '')],
  ];
  const rows = [columns.map(([title]) => title), ...runs.map((run) => columns.map(([, read]) => read(run)))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function baseOf({ draft, started }: TrainingRunInfo): string {
  const base = draft?.base;
  if (base?.kind === 'hub') return base.id;
  return base?.kind === 'folder' ? base.path : (base?.kind ?? started?.base ?? '');
}
