import type { Command } from 'commander';
import { convertImportedSpider, importSpiderInto, projectDataDir } from '../../app/spider-pipeline.ts';
import type { CliContext } from '../context.ts';

interface DataFlags {
  json?: boolean;
  dataDir: string;
}

type Report = Awaited<ReturnType<typeof convertImportedSpider>>;

export function registerData(program: Command, context: CliContext): void {
  const data = program.command('data').description('Spider as a PostgreSQL dataset: import, convert');
  withFlags(data.command('import'))
    .description('copy a Spider release (the zip or its folder) into data/raw/spider')
    .argument('<source>', 'spider.zip or a folder in its layout')
    .action((source: string, flags: DataFlags) => runImport(source, flags, context));
  withFlags(data.command('convert'))
    .description('load the databases into PostgreSQL, rewrite every gold query, compare both answers')
    .action((flags: DataFlags) => runConvert(flags, context));
  withFlags(data.command('all'))
    .description('import, then convert')
    .requiredOption('--spider <source>', 'spider.zip or a folder in its layout')
    .action(async (flags: DataFlags & { spider: string }) => {
      await runImport(flags.spider, { ...flags, json: false }, context);
      await runConvert(flags, context);
    });
}

function withFlags(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option('--data-dir <folder>', 'the folder that holds raw/ and processed/', projectDataDir);
}

async function runImport(source: string, flags: DataFlags, context: CliContext): Promise<void> {
  const manifest = await importSpiderInto(source, optionsOf(flags, context));
  const { databases, examples, files } = manifest;
  if (flags.json) {
    context.console.out(JSON.stringify({ databases, examples, files: files.length }));
    return;
  }
  const counts = Object.entries(examples).map(([split, count]) => `${split} ${count}`);
  context.console.err(`Imported ${files.length} files, ${databases} databases: ${counts.join(', ')}.`);
}

async function runConvert(flags: DataFlags, context: CliContext): Promise<void> {
  const report = await convertImportedSpider(optionsOf(flags, context));
  context.console.out(flags.json ? JSON.stringify(report.splits) : formatReport(report));
}

function optionsOf(flags: DataFlags, { console, signal }: CliContext) {
  return { dataDir: flags.dataDir, signal, report: (message: string) => console.progress(message) };
}

function formatReport({ splits, databases }: Report): string {
  const lines = Object.entries(splits).map(([split, counts]) => {
    const share = counts.pairs === 0 ? '' : ` (${((100 * counts.verified) / counts.pairs).toFixed(2)} %)`;
    return (
      `${split.padEnd(13)}${counts.pairs} pairs: ${counts.verified} verified${share}, ` +
      `${counts.different} different, ${counts.failed} failed; ${counts.verifiedEmpty} of the verified have no rows`
    );
  });
  return [
    ...lines,
    `${databases.databases} databases, ${databases.tables} tables, ${databases.rows} rows`,
  ].join('\n');
}
