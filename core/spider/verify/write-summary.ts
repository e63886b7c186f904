import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spiderSplits } from '../layout.ts';
import { citation, licence } from '../official-release.ts';
import { spiderPage } from '../manual-steps.ts';
import type { VerifyReport } from './verify-report.ts';

export const summaryFile = 'download_summary.txt';

/** Writes the report for a person. The same import gives the same bytes. */
export async function writeSummary(spiderDir: string, report: VerifyReport): Promise<void> {
  const file = join(spiderDir, summaryFile);
  await writeFile(`${file}.partial`, `${formatSummary(report).join('\n')}\n`);
  await rename(`${file}.partial`, file);
}

function formatSummary(report: VerifyReport): string[] {
  const { source, databases } = report;
  return [
    'Spider, as imported',
    '===================',
    '',
    `Source:     ${source.name}`,
    `SHA-256:    ${source.sha256}`,
    `Files:      ${report.files}, ${report.bytes} bytes`,
    `Databases:  ${databases.count}, ${databases.tables} tables, ${databases.rows} rows`,
    `Licence:    ${licence}, from ${spiderPage}`,
    `Citation:   ${citation}`,
    ...section(
      'Problems',
      report.problems.map(({ file, what, cure }) => `${file}: ${what} ${cure}`),
    ),
    ...section('Gold queries on SQLite', formatGold(report)),
    ...section('Databases without rows', databases.empty),
    ...section('Tables without rows', databases.partlyEmpty.map(formatTables)),
    ...section('Tables of tables.json that are missing', databases.missingTables.map(formatTables)),
    ...section('Foreign keys that rows do not keep', formatForeignKeys(report)),
    ...section('Texts in another encoding, read as Latin-1', formatEncodings(report)),
    ...section('Differences from the official release', report.differences),
  ];
}

function section(title: string, lines: string[]): string[] {
  return ['', title, '-'.repeat(title.length), ...(lines.length > 0 ? lines : ['None.'])];
}

function formatGold({ gold }: VerifyReport): string[] {
  return spiderSplits.flatMap((split) => {
    const { examples, run, failed, failures } = gold[split];
    return [
      `${split}: ${examples} examples, ${run} run, ${failed} fail`,
      ...failures.map(({ index, dbId, error }) => `  ${index} (${dbId}): ${error}`),
    ];
  });
}

function formatTables({ dbId, tables }: { dbId: string; tables: string[] }): string {
  return `${dbId}: ${tables.join(', ')}`;
}

function formatForeignKeys({ databases }: VerifyReport): string[] {
  return databases.brokenForeignKeys.map(
    ({ dbId, key, rows, reason }) => `${dbId}: ${key}: ${reason}${rows === undefined ? '' : `: ${rows}`}`,
  );
}

function formatEncodings({ databases }: VerifyReport): string[] {
  return databases.otherEncodings.map(({ dbId, column, values }) => `${dbId}: ${column}: ${values}`);
}
