import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { AppError } from '../../../contract/index.ts';
import { admitRequest, openOutboundSocket, type AdmittedRequest } from '../../../network/index.ts';
import { prepareAuthentication, type SshCredentials } from './authentication.ts';
import { wrapClient, type SshConnection } from './connection.ts';
import { changedKeyError, describeFailure, unknownKeyError, type Place } from './describe-failure.ts';
import { judgeKey, readKnownKeys, type KnownKey } from './known-hosts.ts';

export interface SshAddress extends Place, SshCredentials {}

export interface SshTarget extends SshAddress {
  /** For the ledger. */
  name: string;
  /** A host that it is reached through. */
  jump?: SshAddress | undefined;
}

export interface ConnectOptions {
  /** Files of known_hosts lines; a host in none of them is refused. */
  knownHosts: readonly string[];
  signal: AbortSignal;
  /** Sees each key that is not known, before it is refused; true lets it in, this time. */
  acceptKey?: ((place: Place, key: Buffer) => boolean) | undefined;
}

const connectTimeoutMs = 20_000;
/** A peer that is silent for three of these is gone: a closed laptop notices within a minute. */
const keepaliveMs = 15_000;

/**
 * Connects and logs in, through the host's jump host where it has one. Each of them passes the gate of core/network.
 * @throws AppError REMOTE_UNREACHABLE, AUTH_FAILED, PERMISSION_DENIED (`details.reason`: `unknown-key`,
 *   `changed-key` or `offline`)
 */
export async function connectSsh(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const { name, jump } = target;
  if (!jump) {
    const socket = await openSocket(target, name, options.signal);
    return logIn(target, socket, options, () => undefined);
  }
  const first = await connectSsh({ ...jump, name: `jump host of ${name}` }, options);
  let admitted: AdmittedRequest | undefined;
  try {
    const reason = { purpose: 'training', initiator: describeInitiator(target, name) } as const;
    admitted = admitRequest({ ...reason, host: target.host, port: target.port, method: 'CONNECT' });
    const channel = await first.forward(target).catch((error: unknown) => {
      throw describeForward(error, target, jump);
    });
    const connection = await logIn(target, channel, options, () => first.close());
    const { end } = admitted;
    channel.once('close', () => end({ outcome: 'succeeded' }));
    return connection;
  } catch (error) {
    admitted?.end({ outcome: 'failed', message: (error as Error).message });
    first.close();
    throw error;
  }
}

function describeInitiator({ user, host }: SshAddress, name: string): string {
  return `${name} (${user}@${host})`;
}

function describeForward(error: unknown, { host, port }: Place, jump: Place): AppError {
  return new AppError('REMOTE_UNREACHABLE', `${jump.host} cannot reach ${host}:${port} from there.`, {
    hint: 'Check the name as the jump host knows it, and that it allows forwarding (AllowTcpForwarding).',
    details: { host, port },
    cause: error,
  });
}

async function openSocket(target: SshTarget, name: string, signal: AbortSignal): Promise<Duplex> {
  const socket = openOutboundSocket({ purpose: 'training', initiator: describeInitiator(target, name) });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)]);
  try {
    socket.connect({ host: target.host, port: target.port });
    await once(socket, 'connect', { signal: limit });
    socket.setNoDelay(true);
    return socket;
  } catch (error) {
    // Its own error may come after we have given up.
    socket.on('error', () => undefined).destroy();
    signal.throwIfAborted();
    const cause = limit.aborted ? Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }) : error;
    throw describeFailure(cause, target, target.user);
  }
}

async function logIn(
  target: SshTarget,
  socket: Duplex,
  { knownHosts, signal, acceptKey }: ConnectOptions,
  onClose: () => void,
): Promise<SshConnection> {
  const { host, port, user } = target;
  const known = await readKnownKeys(knownHosts, host, port);
  let refusal: AppError | undefined;
  const verify = (key: Buffer): boolean => {
    const verdict = judgeKey(known, key);
    if (verdict.kind === 'known') return true;
    if (verdict.kind === 'changed') refusal = changedKeyError(target, key, verdict.expected);
    else if (!acceptKey?.({ host, port }, key)) refusal = unknownKeyError(target, key);
    return refusal === undefined;
  };
  const client = new ssh2.Client();
  try {
    const authHandler = await prepareAuthentication(target);
    const ready = whenReady(client, signal);
    client.connect({
      ...{ sock: socket, username: user, authHandler, hostVerifier: verify },
      algorithms: { serverHostKey: preferKnown(known) },
      ...{ keepaliveInterval: keepaliveMs, keepaliveCountMax: 3, readyTimeout: connectTimeoutMs },
    });
    await ready;
    return wrapClient(client, { host, port }, await measureLatency(client), onClose);
  } catch (error) {
    client.on('error', () => undefined).destroy();
    socket.on('error', () => undefined).destroy();
    signal.throwIfAborted();
    throw refusal ?? describeFailure(error, target, user);
  }
}

function whenReady(client: Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    const off = (): void => signal.removeEventListener('abort', abort);
    client.once('ready', () => (off(), resolve()));
    client.on('error', (error) => (off(), reject(error)));
    client.once('close', () => (off(), reject(new Error('the connection was closed'))));
  });
}

const algorithms: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** A server has keys of several types and shows the first that we ask for: ask for those that can be compared. */
function preferKnown(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = new Set(known.filter((one) => !one.revoked).map(({ keyType }) => keyType));
  const isKnown = (name: string): boolean => types.has(name.startsWith('rsa-') ? 'ssh-rsa' : name);
  return [...algorithms.filter(isKnown), ...algorithms.filter((name) => !isKnown(name))];
}

/** Opening a channel that is closed at once takes one exchange. */
function measureLatency(client: Client): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    client.once('close', () => reject(new Error('the connection was closed')));
    client.exec('exit 0', (error, channel) => {
      if (error) return reject(error);
      const latencyMs = performance.now() - begin;
      channel.on('close', () => resolve(latencyMs)).resume();
      channel.stderr.resume();
    });
  });
}
