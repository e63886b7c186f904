import type { Command } from 'commander';
import { parseDb, wholeNumber } from '../arguments.ts';
import { formatResult } from '../console.ts';
import type { CliContext } from '../context.ts';

interface QueryFlags {
  db: string;
  timeoutMs?: number;
  maxRows?: number;
  json?: boolean;
}

export function registerQuery(program: Command, context: CliContext): void {
  program
    .command('query')
    .description('run one statement through the guard, inside a read-only transaction')
    .argument('<sql>', 'a single SELECT')
    .requiredOption('--db <url>', 'postgres://… or demo:NAME', parseDb)
    .option('--timeout-ms <n>', 'statement timeout', wholeNumber(1, 3_600_000))
    .option('--max-rows <n>', 'row cap', wholeNumber(1, 100_000))
    .option('--json', 'print JSON')
    .action((sql: string, flags: QueryFlags) => query(sql, flags, context));
}

async function query(sql: string, flags: QueryFlags, context: CliContext): Promise<void> {
  const client = await context.core();
  const { db, timeoutMs, maxRows } = flags;
  const input = { connectionId: db, sql, timeoutMs, maxRows };
  const result = await client['postgres.query'](input, { signal: context.signal });
  if (flags.json) context.console.out(JSON.stringify(result, null, 2));
  else context.console.out(formatResult(result));
}
