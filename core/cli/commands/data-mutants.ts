import type { Command } from 'commander';
import { formatMutantTable, measureImportedMutants, type MutationReport } from '../../app/measure-mutants.ts';
import { wholeNumber } from '../arguments.ts';
import { withDataFlags, type DataFlags } from './data-flags.ts';
import type { CliContext } from '../context.ts';

interface MutantsFlags extends DataFlags {
  sample?: number;
  searchSets?: number;
  db?: string[];
}

/** `data mutants`: what share of wrong queries the proof would catch. */
export function registerDataMutants(data: Command, context: CliContext): void {
  withDataFlags(data.command('mutants'))
    .description('measure the proof: change every verified query in one place, and count what the rows catch')
    .option('--sample <count>', 'only so many queries, the same on every machine', wholeNumber(1, 1_000_000))
    .option(
      '--search-sets <count>',
      'small random contents for what nothing has caught, 60 by default',
      wholeNumber(0, 100_000),
    )
    .option('--db <ids...>', 'only these databases')
    .action((flags: MutantsFlags) => runMutants(flags, context));
}

async function runMutants(flags: MutantsFlags, { console, signal }: CliContext): Promise<void> {
  const report = await measureImportedMutants({
    dataDir: flags.dataDir,
    sample: flags.sample,
    searchSets: flags.searchSets,
    dbIds: flags.db,
    signal,
    report: (message) => console.progress(message),
  });
  console.out(flags.json ? JSON.stringify(report) : formatReport(report));
}

function formatReport(report: MutationReport): string {
  const of = report.sampledOf === undefined ? '' : `, a sample of ${report.sampledOf}`;
  const notes = Object.entries(report.method).map(([word, text]) => `- ${word}: ${text}`);
  return [
    `${report.queries} queries${of}, ${report.kinds.all.mutants} mutants`,
    '',
    formatMutantTable(report),
    '',
    ...notes,
    ...(report.contradictions.length === 0
      ? []
      : [
          `${report.contradictions.length} mutants were called equivalent and told apart by rows: a rule is wrong.`,
        ]),
  ].join('\n');
}
