import { InvalidArgumentError, type Command } from 'commander';
import { dropOverride, findAuthor, listOverrides, setOverride } from '../../app/spider-overrides.ts';
import { AppError, type Override, type SavedOverride } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { withDataFlags, type DataFlags } from './data-flags.ts';
import { formatTable } from './data-summary.ts';

interface SetFlags extends DataFlags {
  id: string;
  sql?: string;
  question?: string;
  by: string;
  why: string;
  on?: string;
}

/** `data override set|remove|list`. */
export function registerDataOverrides(data: Command, context: CliContext): void {
  const override = data.command('override').description('corrections on top of the dataset, never in place');
  withDataFlags(override.command('set'))
    .description('correct one example; its SQL is run on PostgreSQL before it is accepted')
    .requiredOption('--id <id>', "Spider's split and position, such as dev:12", parseId)
    .option('--sql <sql>', 'the right PostgreSQL query')
    .option('--question <text>', 'the right question')
    .requiredOption('--by <name>', 'who says so')
    .requiredOption('--why <text>', 'what is wrong with the published one')
    .option('--on <date>', 'when, YYYY-MM-DD (default: today)')
    .action((flags: SetFlags) => runSet(flags, context));
  withDataFlags(override.command('remove'))
    .description('take a correction back')
    .requiredOption('--id <id>', 'the example', parseId)
    .action((flags: DataFlags & { id: string }) => runRemove(flags, context));
  withDataFlags(override.command('list'))
    .description('the corrections, and who made them')
    .action((flags: DataFlags) => runList(flags, context));
}

function parseId(text: string): string {
  if (/^(train_spider|train_others|dev):\d+$/.test(text)) return text;
  throw new InvalidArgumentError('Give SPLIT:POSITION, such as dev:12 or train_spider:6999.');
}

async function runSet(flags: SetFlags, { console, signal }: CliContext): Promise<void> {
  const { id, sql, question, by, why } = flags;
  const on = flags.on ?? new Date().toISOString().slice(0, 10);
  const override: Override = { id, question, sql, by, why, on };
  const report = (message: string) => console.progress(message);
  const accepted = await setOverride(override, { dataDir: flags.dataDir, signal, report });
  console.out(flags.json ? JSON.stringify(accepted) : formatAccepted(accepted, flags));
}

function formatAccepted(
  saved: SavedOverride,
  given: { question?: string | undefined; sql?: string | undefined },
) {
  const { override, original, earlier } = saved;
  const lines = [`${override.id} is corrected. Run \`sqlcodegen data all\` to apply it.`];
  if (override.question !== undefined) {
    lines.push(`question  ${original.question}`, `      now ${override.question}`);
  }
  if (override.sql !== undefined) {
    lines.push(`sql       ${original.sql || '(none)'}`, `      now ${override.sql}`);
  }
  if (override.proof !== undefined) {
    const { rows, equalsGold, note } = override.proof;
    const relation = equalsGold ? 'the same as' : 'other than';
    const why = note === undefined ? '' : ` (${note})`;
    lines.push(`It returns ${rows} rows, ${relation} the published query on SQLite${why}.`);
  }
  return [...lines, ...(earlier ? describeEarlier(earlier, given) : [])].join('\n');
}

/** What was corrected before: what stays of it, and what is replaced and kept in the history. */
function describeEarlier(
  earlier: Override,
  given: { question?: string | undefined; sql?: string | undefined },
): string[] {
  return (['question', 'sql'] as const).flatMap((part) => {
    const author = findAuthor(earlier, part);
    if (author === undefined) return [];
    const what = part === 'sql' ? 'SQL' : 'question';
    const { by, why, on } = author;
    return given[part] === undefined
      ? [`The ${what} by ${by} of ${on} stays: ${why}`]
      : [`The ${what} by ${by} of ${on} is replaced, and kept in its history: ${earlier[part] ?? ''}`];
  });
}

async function runRemove({ dataDir, id, json }: DataFlags & { id: string }, { console }: CliContext) {
  if (!(await dropOverride(dataDir, id))) {
    throw new AppError('NOT_FOUND', `There is no override for ${id}.`, {
      hint: 'See `sqlcodegen data override list`.',
    });
  }
  console.out(
    json ? JSON.stringify({ removed: id }) : `${id} is as published again after the next \`data all\`.`,
  );
}

async function runList({ dataDir, json }: DataFlags, { console }: CliContext): Promise<void> {
  const overrides = await listOverrides(dataDir);
  if (json) console.out(JSON.stringify({ overrides }));
  else if (overrides.length === 0) console.out('There are no overrides.');
  else console.out(formatOverrides(overrides));
}

function formatOverrides(overrides: Override[]): string {
  const rows = overrides.flatMap((override) =>
    (['sql', 'question'] as const).flatMap((part) => {
      const author = findAuthor(override, part);
      const what = part === 'sql' ? 'SQL' : 'question';
      return author === undefined ? [] : [[override.id, what, author.on, author.by, author.why]];
    }),
  );
  return formatTable(['id', 'corrects', 'on', 'by', 'why'], rows);
}
