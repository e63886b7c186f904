import type { Command } from 'commander';
import { AppError, demoNameSchema, type CoreClient, type DemoName } from '../../contract/index.ts';
import { parseDemoName } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { untilAborted } from '../until-aborted.ts';

interface JsonFlag {
  json?: boolean;
}

export function registerDemo(program: Command, context: CliContext): void {
  const demo = program.command('demo').description('the embedded PostgreSQL server with the demo databases');
  demo
    .command('list')
    .description('the demo databases and their sample questions')
    .option('--json', 'print JSON')
    .action((flags: JsonFlag) => list(flags, context));
  demo
    .command('url')
    .description('print the URL of one demo database; starts the server and leaves it running')
    .argument('<name>', demoNameSchema.options.join(', '), parseDemoName)
    .option('--json', 'print JSON')
    .action((name: DemoName, flags: JsonFlag) => printUrl(name, flags, context));
  demo
    .command('up')
    .description('start the server, load every demo database, print the URLs, stay until Ctrl-C')
    .action(() => up(context));
  demo
    .command('stop')
    .description('stop the server that "demo url" left running')
    .action(() => stop(context));
  demo
    .command('reset')
    .description("delete the embedded server's folder and make it anew")
    .action(() => reset(context));
}

async function list({ json }: JsonFlag, { core, console }: CliContext): Promise<void> {
  const databases = await (await core())['demo.list']({});
  if (json) {
    console.out(JSON.stringify(databases, null, 2));
    return;
  }
  for (const { name, title, description, questions } of databases) {
    console.out(`demo:${name}  ${title}\n  ${description}`);
    for (const { question, hardness } of questions) console.out(`    ${question} (${hardness})`);
  }
}

async function printUrl(name: DemoName, { json }: JsonFlag, context: CliContext): Promise<void> {
  const client = await context.core();
  const { url } = await client['demo.url']({ name }, { signal: context.signal });
  context.leaveServerRunning();
  context.console.out(json ? JSON.stringify({ name, url }) : url);
}

async function up(context: CliContext): Promise<void> {
  const { console, signal } = context;
  const client = await context.core();
  try {
    await prepare(client, context);
    for (const name of demoNameSchema.options) {
      console.out(`${name.padEnd(12)}${(await client['demo.url']({ name }, { signal })).url}`);
    }
    console.err('The demo databases are up. Press Ctrl-C to stop.');
    await untilAborted(signal);
  } catch (error) {
    // Ctrl-C is how this command ends.
    if (!(error instanceof AppError && error.code === 'CANCELLED')) throw error;
  }
}

async function prepare(client: CoreClient, { console, signal }: CliContext): Promise<void> {
  for await (const { stage, database, done, total } of client['demo.prepare']({}, { signal })) {
    console.progress([stage, database, `${done} of ${total}`].filter(Boolean).join(' '));
  }
}

async function stop({ core, console, signal }: CliContext): Promise<void> {
  const { state } = await (await core())['postgres.stopServer']({}, { signal });
  if (state === 'stopped') console.out('The embedded server is stopped.');
  else console.out('Another process of the app uses the embedded server, which ends with that one.');
}

async function reset({ core, console, signal }: CliContext): Promise<void> {
  const status = await (await core())['postgres.resetServer']({}, { signal });
  if (status.state === 'failed')
    throw new AppError('INTERNAL', status.message ?? 'The server did not start.');
  console.out('The embedded server was made anew.');
}
