import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  AppError,
  type CoreClient,
  type SshAuth,
  type SshHost,
  type SshHostDraft,
  type SshHostTest,
} from '../../contract/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { readSecretFrom } from '../secret-from-env.ts';
import { formatMachine } from './train-format.ts';

interface HostFlags {
  name?: string;
  key?: string;
  password?: boolean;
  secretEnv?: string;
  jump?: Address;
  jumpSecretEnv?: string;
  folder?: string;
  python?: string;
  trust?: string;
  port?: number;
  json?: boolean;
}

interface Address {
  user: string;
  host: string;
  port: number;
}

/** `train hosts`: machines behind SSH. `--json` and `--python` stand at `train`. */
export function registerTrainHosts(train: Command, context: CliContext): void {
  const hosts = train
    .command('hosts')
    .description('machines behind SSH that can train')
    .action((_flags: unknown, command: Command) => list(command, context));
  hosts
    .command('add')
    .description('keep a machine, or change one of this name')
    .argument('<address>', 'USER@HOST or USER@HOST:PORT', parseAddress)
    .option('--name <name>', 'what to call it (default: HOST)')
    .addOption(new Option('--key <file>', 'a private key (default: the SSH agent)').conflicts('password'))
    .option('--password', 'sign in with a password')
    .option('--secret-env <name>', 'the environment variable with the password, or the key’s passphrase')
    .option(
      '--jump <address>',
      'a machine that it is reached through: USER@HOST or USER@HOST:PORT',
      parseAddress,
    )
    .option('--jump-secret-env <name>', 'the environment variable with that one’s password or passphrase')
    .option('--folder <path>', 'where code, data and runs lie there (default: sqlcodegen in the home folder)')
    .action((address: Address, _flags: HostFlags, command: Command) => add(address, command, context));
  hosts
    .command('test')
    .description('sign in and say what the machine has; exit code 1 where that fails')
    .argument('<host>', 'its name or id')
    .option(
      '--trust <fingerprint>',
      'keep the key of this fingerprint first: SHA256:…, as ssh-keygen prints it',
    )
    .action((name: string, _flags: HostFlags, command: Command) => test(name, command, context));
  hosts
    .command('remove')
    .description('forget a machine and its secret; what lies there stays')
    .argument('<host>', 'its name or id')
    .action(async (name: string) => {
      const client = await context.core();
      const host = await findHost(name, client);
      await client['training.removeHost']({ id: host.id });
      context.console.out(`${host.name} is forgotten.`);
    });
}

function parseAddress(text: string): Address {
  const [, user, host, port] = /^([^@\s]+)@([^@:\s]+)(?::(\d+))?$/.exec(text) ?? [];
  if (user === undefined || host === undefined)
    throw new InvalidArgumentError('Give USER@HOST or USER@HOST:PORT.');
  return { user, host, port: port === undefined ? 22 : wholeNumber(1, 65_535)(port) };
}

/** By its name, its address or its id. @throws AppError NOT_FOUND with what there is */
export async function findHost(name: string, client: CoreClient): Promise<SshHost> {
  const hosts = await client['training.hosts']({});
  const host = hosts.find((one) => one.name === name || one.id === name || one.host === name);
  if (host) return host;
  throw new AppError('NOT_FOUND', `There is no SSH host ${name}.`, {
    hint:
      hosts.length > 0
        ? `There are ${hosts.map((one) => one.name).join(', ')}.`
        : 'Add it with `sqlcodegen train hosts add USER@HOST`.',
  });
}

async function list(command: Command, { core, console }: CliContext): Promise<void> {
  const hosts = await (await core())['training.hosts']({});
  if (command.optsWithGlobals<HostFlags>().json === true) return console.out(JSON.stringify(hosts, null, 2));
  console.out(hosts.length === 0 ? 'No SSH hosts yet.' : hosts.map(formatHost).join('\n'));
}

function formatHost({ name, user, host, port, auth, jump, folder }: SshHost): string {
  const through = jump ? `, through ${jump.user}@${jump.host}:${jump.port}` : '';
  return `${name}  ${user}@${host}:${port} by ${auth.kind}${through}, folder ${folder}`;
}

async function add(address: Address, command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<HostFlags>();
  const client = await context.core();
  const name = flags.name ?? address.host;
  const known = (await client['training.hosts']({})).find((host) => host.name === name);
  const saved = await client['training.saveHost'](draftOf(address, name, flags, known));
  context.console.out(
    flags.json === true
      ? JSON.stringify(saved, null, 2)
      : `${formatHost(saved)}\nTry it with \`sqlcodegen train hosts test ${saved.name}\`.`,
  );
}

/** What was not given of one that is known stays as it was. */
function draftOf(address: Address, name: string, flags: HostFlags, known: SshHost | undefined): SshHostDraft {
  const { secretEnv, jump, jumpSecretEnv, folder = known?.folder, python = known?.python } = flags;
  const secret = readSecretFrom(secretEnv);
  const jumpSecret = readSecretFrom(jumpSecretEnv);
  return {
    ...{ ...address, name, auth: authOf(flags, known?.auth), folder: folder ?? 'sqlcodegen' },
    ...(known && { id: known.id }),
    ...(secret !== undefined && { secret }),
    ...(python !== undefined && { python }),
    ...(jump && {
      jump: { ...jump, auth: authOf(flags), ...(jumpSecret !== undefined && { secret: jumpSecret }) },
    }),
  };
}

function authOf({ key, password }: HostFlags, known?: SshAuth): SshAuth {
  if (key !== undefined) return { kind: 'key', keyPath: key };
  return password === true ? { kind: 'password' } : (known ?? { kind: 'agent' });
}

async function test(name: string, command: Command, context: CliContext): Promise<void> {
  const { trust, json } = command.optsWithGlobals<HostFlags>();
  const { console, signal } = context;
  const client = await context.core();
  const host = await findHost(name, client);
  const draft = toDraft(host);
  let found = await client['training.testHost'](draft, { signal });
  if (found.kind === 'unknown-key' && trust === found.fingerprint) {
    const { host: at, port, keyType, fingerprint } = found;
    await client['training.trustHost']({ host: at, port, keyType, fingerprint, draft });
    found = await client['training.testHost'](draft, { signal });
  }
  console.out(json === true ? JSON.stringify(found, null, 2) : formatTest(found, host));
  context.setExitCode(found.kind === 'ok' ? 0 : 1);
}

/** Secrets stay where they are kept. */
function toDraft({ hasSecret: _, jump, ...host }: SshHost): SshHostDraft {
  if (!jump) return host;
  const { hasSecret: __, ...through } = jump;
  return { ...host, jump: through };
}

function formatTest(found: SshHostTest, { name }: SshHost): string {
  if (found.kind === 'ok')
    return `${formatMachine(found.machine)}\nIt answered in ${Math.round(found.latencyMs)} ms.`;
  if (found.kind === 'failed') return [found.error.message, found.error.hint].filter(Boolean).join(' ');
  if (found.kind === 'changed-key') return `${found.message} ${found.hint}`;
  const { host, port, keyType, fingerprint } = found;
  return (
    `Nobody has seen the key of ${host}:${port} yet: ${keyType} ${fingerprint}. Compare it with what that machine says, ` +
    `then \`sqlcodegen train hosts test ${name} --trust ${fingerprint}\`.`
  );
}
