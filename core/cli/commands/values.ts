import type { Command } from 'commander';
import type { ValueIndexStatus } from '../../contract/index.ts';
import { parseDb } from '../arguments.ts';
import type { CliContext } from '../context.ts';

interface ValuesFlags {
  db: string;
  allow?: string[];
  everything?: boolean;
  json?: boolean;
}

const dbFlag = ['--db <url>', 'postgres://… or demo:NAME', parseDb] as const;

/** `values …`: what is kept of a database's text columns, so that questions find the values that are stored. */
export function registerValues(program: Command, context: CliContext): void {
  const values = program
    .command('values')
    .description("the values of a database's text columns that questions are matched with");
  const ofDatabase = (name: string, description: string) =>
    values
      .command(name)
      .description(description)
      .requiredOption(...dbFlag)
      .option('--json', 'print JSON');
  ofDatabase('index', 'read the values and keep them from now on; columns that look personal are left out')
    .option('--allow <columns...>', 'columns to keep whatever they look like: TABLE.COLUMN …')
    .action(async (flags: ValuesFlags) => {
      const core = await context.core();
      const { db: connectionId, allow: allowed } = flags;
      const status = await core['schema.enableValues']({ connectionId, allowed }, { signal: context.signal });
      show(status, flags, context);
    });
  ofDatabase('status', 'say what is kept').action(async (flags: ValuesFlags) => {
    const core = await context.core();
    show(await core['schema.valueStatus']({ connectionId: flags.db }), flags, context);
  });
  ofDatabase('refresh', 'read what changed since')
    .option('--everything', 'read all of it')
    .action(async (flags: ValuesFlags) => {
      const core = await context.core();
      const { db: connectionId, everything } = flags;
      const input = { connectionId, everything };
      show(await core['schema.refreshValues'](input, { signal: context.signal }), flags, context);
    });
  ofDatabase('off', 'keep none from now on, and remove those that are kept').action(
    async (flags: ValuesFlags) => {
      const core = await context.core();
      show(await core['schema.disableValues']({ connectionId: flags.db }), flags, context);
    },
  );
  ofDatabase('search', 'the stored values that a question names, the surest first')
    .argument('<question>', 'the question in plain words')
    .action((question: string, flags: ValuesFlags) => search(question, flags, context));
  values
    .command('clear')
    .description('remove what is kept of one database, or of all')
    .option(...dbFlag)
    .action(async ({ db }: Partial<ValuesFlags>) => {
      const core = await context.core();
      const { cleared } = await core['schema.clearValues']({ connectionId: db });
      context.console.out(`Removed what was kept of ${cleared} ${cleared === 1 ? 'database' : 'databases'}.`);
    });
}

async function search(question: string, { db, json }: ValuesFlags, context: CliContext): Promise<void> {
  const core = await context.core();
  const input = { connectionId: db, question };
  const { matches } = await core['schema.searchValues'](input, { signal: context.signal });
  if (json) return context.console.out(JSON.stringify(matches, null, 2));
  for (const { table, column, value, score } of matches) {
    context.console.out(`${score.toFixed(2)}  ${table}.${column} = ${JSON.stringify(value)}`);
  }
  if (matches.length === 0) context.console.err('No stored value is known that the question names.');
}

function show(status: ValueIndexStatus, { json }: ValuesFlags, { console }: CliContext): void {
  if (json) return console.out(JSON.stringify(status, null, 2));
  if (!status.enabled) return console.out('Off: nothing is kept. `values index` turns it on.');
  const kept = status.columns.filter(({ leftOut }) => leftOut === undefined);
  const since = status.readAt === undefined ? 'not read yet' : `read ${status.readAt}`;
  const kilobytes = Math.ceil(status.bytes / 1024);
  console.out(`On: ${status.valueCount} values of ${kept.length} columns, ${kilobytes} kB, ${since}.`);
  if (status.failure !== undefined) console.err(`The last reading ended early: ${status.failure}`);
  for (const { table, column, leftOut } of status.columns) {
    if (leftOut !== undefined) console.out(`left out  ${table}.${column}: ${leftOut}`);
  }
}
