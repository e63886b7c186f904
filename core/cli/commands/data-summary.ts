import { join } from 'node:path';
import { pairOutcomeSchema } from '../../contract/index.ts';
import type { StageRun, StageStatus } from '../../app/spider-pipeline.ts';
import type { DatasetSummary, ImportCounts, OutcomeCounts } from '../../app/spider-summary.ts';

/** `convert: done in 81.2 s`, or `convert: nothing to do`. */
export function formatStageRun({ stage, outcome, seconds }: StageRun): string {
  return outcome === 'done' ? `${stage}: done in ${seconds.toFixed(1)} s` : `${stage}: nothing to do`;
}

export function formatStatus(stages: StageStatus[]): string {
  return formatTable(
    ['stage', 'state', 'why'],
    stages.map((stage) => [stage.stage, stage.state, stage.state === 'done' ? '' : stage.reason]),
  );
}

/** Everything that the stages so far have made. */
export function formatSummary(summary: DatasetSummary, dataDir: string): string {
  const parts = [
    summary.import && formatImport(summary.import),
    summary.verify && formatVerified(summary.verify, dataDir),
    summary.pairs && formatOutcomes(summary.pairs),
    summary.format && formatTokens(summary.format),
    summary.splits && formatSplits(summary.splits),
    summary.version && `Version: ${summary.version}`,
    `Files: ${join(dataDir, summary.pairs === undefined ? 'raw' : 'processed')}`,
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function formatImport({ databases, examples, files }: ImportCounts): string {
  const counts = Object.entries(examples).map(([split, count]) => `${split} ${count}`);
  return `Imported: ${databases} databases, ${files} files; examples: ${counts.join(', ')}`;
}

function formatVerified(
  { gold, differences }: NonNullable<DatasetSummary['verify']>,
  dataDir: string,
): string {
  const counts = Object.entries(gold).map(([split, { examples, run }]) => `${split} ${run} of ${examples}`);
  const lines = [`Gold queries that run on SQLite: ${counts.join(', ')}`];
  if (differences.length > 0) {
    const file = join(dataDir, 'raw', 'spider', 'download_summary.txt');
    lines.push(`It differs from the official release in ${differences.length} points: see ${file}`);
  }
  return lines.join('\n');
}

function formatOutcomes(pairs: OutcomeCounts): string {
  const outcomes = pairOutcomeSchema.options;
  const rows = Object.entries(pairs).map(([split, counts]) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return [split, String(total), ...outcomes.map((outcome) => String(counts[outcome] ?? 0))];
  });
  return formatTable(['pairs', 'all', ...outcomes], rows);
}

function formatTokens({
  tokenizer,
  maxTokens,
  cutOff,
  files,
}: NonNullable<DatasetSummary['format']>): string {
  const rows = Object.entries(files).map(([name, { examples, linkedDown, tokens }]) => {
    const { p50, p95, p99, max } = tokens.whole;
    return [name, ...[examples, p50, p95, p99, max, linkedDown].map(String)];
  });
  const table = formatTable(['tokens', 'examples', 'p50', 'p95', 'p99', 'max', 'linked down'], rows);
  return `${table}\n(${tokenizer}; ${cutOff} cut off at ${maxTokens})`;
}

function formatSplits(splits: NonNullable<DatasetSummary['splits']>): string {
  const rows = Object.entries(splits).map(([split, { examples, databases, hardness, overridden }]) => {
    const { easy, medium, hard, extra } = hardness;
    return [split, ...[examples, databases, easy, medium, hard, extra, overridden].map(String)];
  });
  return formatTable(
    ['split', 'examples', 'databases', 'easy', 'medium', 'hard', 'extra', 'overridden'],
    rows,
  );
}

/** Columns padded to their widest cell; numbers stand to the right. */
export function formatTable(header: string[], rows: string[][]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d.,%sx -]*$/.test(row[column] ?? '')),
  );
  const formatLine = (row: string[]) =>
    row
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return all.map(formatLine).join('\n');
}
