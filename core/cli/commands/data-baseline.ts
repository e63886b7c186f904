import { formatBaseline, measureImportedBaseline, writeBaseline } from '../../app/measure-baseline.ts';
import { AppError } from '../../contract/index.ts';
import { withDataFlags, type DataFlags } from './data-flags.ts';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';

interface BaselineFlags extends DataFlags {
  write?: string;
  db?: string[];
}

/** `data baseline`: what PostgreSQL makes of the published queries without the conversion, and with it. */
export function registerDataBaseline(data: Command, context: CliContext): void {
  withDataFlags(data.command('baseline'))
    .description('run the published queries on PostgreSQL as they are, through a transpiler, and converted')
    .option('--write <file>', 'put the table between the baseline marks of a Markdown file')
    .option('--db <ids...>', 'only these databases')
    .action((flags: BaselineFlags) => runBaseline(flags, context));
}

async function runBaseline(flags: BaselineFlags, { console, signal }: CliContext): Promise<void> {
  if (flags.write !== undefined && flags.db !== undefined) {
    throw new AppError(
      'INVALID_INPUT',
      '--write puts the table of all databases into a file; --db is a part of them.',
      {
        hint: 'Leave out one of the two.',
      },
    );
  }
  const report = await measureImportedBaseline({
    dataDir: flags.dataDir,
    dbIds: flags.db,
    signal,
    report: (message) => console.progress(message),
  });
  if (flags.write !== undefined) await writeBaseline(flags.write, report);
  console.out(flags.json ? JSON.stringify(report) : formatBaseline(report));
}
