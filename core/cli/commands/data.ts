import type { Command } from 'commander';
import {
  readStatus,
  runStages,
  stageNames,
  type PipelineOptions,
  type StageName,
  type StageRun,
} from '../../app/spider-pipeline.ts';
import { AppError } from '../../contract/index.ts';
import { readSummary } from '../../app/spider-summary.ts';
import type { CliContext } from '../context.ts';
import { withDataFlags, type DataFlags } from './data-flags.ts';
import { registerDataBaseline } from './data-baseline.ts';
import { registerDataMutants } from './data-mutants.ts';
import { registerDataOverrides } from './data-overrides.ts';
import { registerDataVersions } from './data-versions.ts';
import { formatStageRun, formatStatus, formatSummary } from './data-summary.ts';

interface RunFlags extends DataFlags {
  spider?: string;
  force?: boolean;
  download?: boolean;
}

const descriptions: Record<StageName, string> = {
  import: 'copy a Spider release into raw/spider',
  verify: 'check every file, database and gold query of the import',
  parse: 'ask SQLite for the schema of every database',
  convert: 'load the databases into PostgreSQL, rewrite every gold query, prove it by execution',
  format: 'prompts and completions for Mistral, with their tokens counted',
  split: 'train, validation and test, no database in two of them',
  version: 'keep the splits as they are under the hash of their content',
};

/** Commands of other files, each of which adds its own below `data`. */
const further: ((data: Command, context: CliContext) => void)[] = [
  registerDataVersions,
  registerDataOverrides,
  registerDataMutants,
  registerDataBaseline,
];

export function registerData(program: Command, context: CliContext): void {
  const data = program.command('data').description('Spider as a PostgreSQL dataset, proven by execution');
  withRunFlags(data.command('all'))
    .description(`every stage that has something to do: ${stageNames.join(', ')}`)
    .option('--spider <source>', sourceHelp)
    .action((flags: RunFlags) => runAndPrint([...stageNames], flags, context));
  for (const name of stageNames) registerStage(data, name, context);
  withDataFlags(data.command('status'))
    .description('which stages are done, and why the others are not')
    .action((flags: DataFlags) => printStatus(flags, context));
  for (const register of further) register(data, context);
}

const sourceHelp =
  'spider.zip or a folder in its layout, from the project folder unless absolute; by default raw/spider/spider.zip, else what is imported already';
const importHelp = `${sourceHelp}, else a download`;

function registerStage(data: Command, name: StageName, context: CliContext): void {
  const command = withRunFlags(data.command(name)).description(descriptions[name]);
  if (name !== 'import') {
    command.action((flags: RunFlags) => runAndPrint([name], flags, context));
    return;
  }
  command
    .argument('[source]', importHelp)
    .action((spider: string | undefined, flags: RunFlags) =>
      runAndPrint([name], { ...flags, download: true, ...(spider === undefined ? {} : { spider }) }, context),
    );
}

function withRunFlags(command: Command): Command {
  return withDataFlags(command).option(
    '--force',
    'run even where nothing has changed; convert proves every pair anew',
  );
}

async function runAndPrint(names: StageName[], flags: RunFlags, { console, signal }: CliContext) {
  const { dataDir, json } = flags;
  const stages = await runResumably(names, {
    dataDir,
    source: flags.spider,
    force: flags.force,
    download: flags.download,
    signal,
    report: (message) => console.progress(message),
    onStage: (run: StageRun) => console.err(formatStageRun(run)),
  });
  const summary = await readSummary(dataDir);
  console.out(json ? JSON.stringify({ stages, ...summary }) : formatSummary(summary, dataDir));
}

/** Whoever presses Ctrl-C wants to know what becomes of the work so far. */
async function runResumably(names: StageName[], options: PipelineOptions): Promise<StageRun[]> {
  try {
    return await runStages(names, options);
  } catch (error) {
    if (AppError.from(error).code !== 'CANCELLED') throw error;
    throw new AppError('CANCELLED', 'Stopped.', {
      hint: 'Run it again: it goes on from where it was.',
      cause: error,
    });
  }
}

async function printStatus({ dataDir, json }: DataFlags, { console, signal }: CliContext): Promise<void> {
  const stages = await readStatus({ dataDir, signal });
  console.out(json ? JSON.stringify({ stages }) : formatStatus(stages));
}
