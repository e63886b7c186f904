import type { Command } from 'commander';
import { AppError, type CoreClient, type ModelServer, type ModelServerTest } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { readSecretFrom } from '../secret-from-env.ts';

interface ServerFlags {
  name?: string;
  model?: string;
  keyEnv?: string;
  keepKey?: boolean;
  json?: boolean;
}

/** `models servers`, `models hub-token`: models that answer elsewhere, and where they are downloaded from. */
export function registerModelsServers(models: Command, context: CliContext): void {
  const servers = models
    .command('servers')
    .description('servers that speak OpenAI’s API: vLLM, llama-server, Ollama')
    .option('--json', 'print JSON')
    .action((flags: ServerFlags) => list(flags, context));
  servers
    .command('add')
    .description('keep a server, or change the one of this name')
    .argument('<url>', 'http://HOST:PORT/v1')
    .option('--name <name>', 'what to call it (default: its host)')
    .option('--model <model>', 'which of its models (default: its only one)')
    .option('--key-env <name>', 'the environment variable that holds its key, read at each question')
    .option('--keep-key', 'with --key-env: keep the key itself in the secret store instead')
    .action((url: string, flags: ServerFlags) => add(url, flags, context));
  servers
    .command('test')
    .description('ask for its models and for one statement; exit code 1 where that fails')
    .argument('<server>', 'its name, id or address')
    .option('--model <model>', 'which of its models')
    .action((server: string, flags: ServerFlags, command: Command) => test(server, flags, command, context));
  servers
    .command('remove')
    .description('forget a server and its key')
    .argument('<server>', 'its name or id')
    .action(async (name: string) => {
      const client = await context.core();
      const server = await findServer(name, client);
      await client['models.removeServer']({ id: server.id });
      context.console.out(`${server.name} is forgotten.`);
    });
  registerHubToken(models, context);
}

async function list({ json }: ServerFlags, { core, console }: CliContext): Promise<void> {
  const servers = await (await core())['models.servers']({});
  if (json === true) return console.out(JSON.stringify(servers, null, 2));
  console.out(servers.length === 0 ? 'No servers yet.' : servers.map(formatServer).join('\n'));
}

function formatServer({ name, url, model, apiKeyEnv, hasKey, local, path }: ModelServer): string {
  const key = apiKeyEnv === undefined ? (hasKey ? 'key kept' : 'no key') : `key in ${apiKeyEnv}`;
  const where = local ? 'this machine' : 'elsewhere';
  return `${name}  ${url}${model === undefined ? '' : `, ${model}`}, ${key}, ${where}\n  models use '${path}'`;
}

async function add(url: string, flags: ServerFlags, { core, console }: CliContext): Promise<void> {
  const client = await core();
  const { keyEnv, keepKey, model } = flags;
  const name = flags.name ?? hostOf(url);
  const known = (await client['models.servers']({})).find((server) => server.name === name);
  const key = keepKey === true ? readSecretFrom(keyEnv) : undefined;
  const saved = await client['models.saveServer']({
    ...{ name, url },
    ...(known && { id: known.id }),
    ...(model !== undefined && { model }),
    ...(key === undefined ? keyEnv !== undefined && { apiKeyEnv: keyEnv } : { apiKey: key }),
  });
  console.out(formatServer(saved));
}

function hostOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).host;
  throw new AppError('INVALID_INPUT', `${url} is no address.`, { hint: 'Give http://HOST:PORT/v1.' });
}

async function findServer(name: string, client: CoreClient): Promise<ModelServer> {
  const servers = await client['models.servers']({});
  const server = servers.find((one) => one.name === name || one.id === name || one.url === name);
  if (server) return server;
  throw new AppError('NOT_FOUND', `There is no server ${name}.`, {
    hint: servers.length > 0 ? `There are ${servers.map((one) => one.name).join(', ')}.` : 'Add it first.',
  });
}

async function test(
  name: string,
  { model }: ServerFlags,
  command: Command,
  context: CliContext,
): Promise<void> {
  const { console, core, signal } = context;
  const client = await core();
  const isAddress = /^https?:\/\//i.test(name);
  const { id, url, model: own, apiKeyEnv } = isAddress ? { url: name } : await findServer(name, client);
  const asked = model ?? own;
  const found = await client['models.testServer'](
    {
      url,
      ...(id !== undefined && { id }),
      ...(asked !== undefined && { model: asked }),
      ...(apiKeyEnv !== undefined && { apiKeyEnv }),
    },
    { signal },
  );
  const { json } = command.optsWithGlobals<ServerFlags>();
  console.out(json === true ? JSON.stringify(found, null, 2) : formatTest(found));
  context.setExitCode(found.kind === 'ok' ? 0 : 1);
}

function formatTest(found: ModelServerTest): string {
  if (found.kind === 'failed') return [found.error.message, found.error.hint].filter(Boolean).join(' ');
  return [
    `It answered in ${Math.round(found.latencyMs)} ms. Models: ${found.models.join(', ')}`,
    ...(found.written === undefined ? [] : [`It wrote: ${found.written}`]),
    ...(found.probabilities === false ? ['It does not say how probable its words are.'] : []),
  ].join('\n');
}

function registerHubToken(models: Command, { core, console }: CliContext): void {
  models
    .command('hub-token')
    .description('where models are downloaded from, and the token for gated ones')
    .option('--env <name>', 'keep the token that this environment variable holds')
    .option('--clear', 'forget the token')
    .option('--json', 'print JSON')
    .action(async ({ env, clear, json }: { env?: string; clear?: boolean; json?: boolean }) => {
      const client = await core();
      const token = clear === true ? '' : readSecretFrom(env);
      const access =
        token === undefined
          ? await client['models.hubAccess']({})
          : await client['models.setHubToken']({ token });
      const tokens = { none: 'no token', environment: 'the token of HF_TOKEN', kept: 'a token that is kept' };
      console.out(
        json === true ? JSON.stringify(access, null, 2) : `${access.endpoint} with ${tokens[access.token]}`,
      );
    });
}
