import { join } from 'node:path';
import type { Command } from 'commander';
import { compareVersions, readVersions } from '../../app/spider-versions.ts';
import type { NamedVersion, VersionDiff } from '../../app/spider-versions.ts';
import type { CliContext } from '../context.ts';
import { nameCommands } from '../name-commands.ts';
import { withDataFlags, type DataFlags } from './data-flags.ts';
import { formatTable } from './data-summary.ts';

/** `data versions` and `data diff`. */
export function registerDataVersions(data: Command, context: CliContext): void {
  withDataFlags(data.command('versions'))
    .description('the dataset versions that are kept, by the hash of their content')
    .action((flags: DataFlags) => printVersions(flags, context));
  withDataFlags(data.command('diff'))
    .description('what was added, removed, changed or moved from one version to another')
    .argument('<from>', 'the first digits of a version')
    .argument('<to>', 'those of another')
    .action((from: string, to: string, flags: DataFlags) => printDiff([from, to], flags, context));
}

async function printVersions({ dataDir, json }: DataFlags, { console }: CliContext): Promise<void> {
  const versions = await readVersions(dataDir);
  if (json) console.out(JSON.stringify({ versions }));
  else if (versions.length === 0)
    console.out(`There are no versions. ${nameCommands('`sqlcodegen data all` makes the first.', dataDir)}`);
  else console.out(`${formatVersions(versions)}\n\nFiles: ${join(dataDir, 'versions')}`);
}

function formatVersions(versions: NamedVersion[]): string {
  const header = ['version', 'train', 'val', 'test', 'overrides', 'tokenizer', ''];
  const rows = versions.map((version) => {
    if ('damage' in version) return [version.version, '', '', '', '', '', `damaged: ${version.damage}`];
    const { examples, inputs } = version.manifest;
    const counts = [examples.train, examples.val, examples.test, inputs.overrides].map(String);
    return [version.version, ...counts, inputs.tokenizer ?? '', version.isCurrent ? 'current' : ''];
  });
  return formatTable(header, rows);
}

async function printDiff(
  pair: [string, string],
  { dataDir, json }: DataFlags,
  { console, signal }: CliContext,
) {
  const diff = await compareVersions(dataDir, pair, signal);
  console.out(json ? JSON.stringify(diff) : formatDiff(diff));
}

const mostShown = 5;
const mostCharacters = 150;

function formatDiff(diff: VersionDiff): string {
  const { added, removed, changed, moved, unchanged } = diff;
  const parts = [
    `${diff.from} → ${diff.to}: ${added.length} added, ${removed.length} removed, ${changed.length} changed, ` +
      `${moved.length} moved, ${unchanged} unchanged`,
    formatPart('Added', added, ({ id, split, question }) => `${id} (${split}): ${question}`),
    formatPart('Removed', removed, ({ id, split, question }) => `${id} (${split}): ${question}`),
    formatPart('Changed', changed, formatChange),
    formatPart('Moved', moved, ({ id, from, to }) => `${id}: ${from} → ${to}`),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function formatPart<T>(title: string, items: T[], format: (item: T) => string): string {
  if (items.length === 0) return '';
  const lines = items.slice(0, mostShown).map((item) => `  ${format(item)}`);
  if (items.length > mostShown) lines.push(`  … and ${items.length - mostShown} more: see --json`);
  return [`${title}:`, ...lines].join('\n');
}

function formatChange({ id, fields }: VersionDiff['changed'][number]): string {
  const lines = Object.entries(fields).flatMap(([name, values]) => [
    `    ${name} was ${cut(values.old)}`,
    `    ${' '.repeat(name.length)} now ${cut(values.new)}`,
  ]);
  return [id, ...lines].join('\n');
}

function cut(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}
