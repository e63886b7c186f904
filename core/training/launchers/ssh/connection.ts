import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client, ClientChannel } from 'ssh2';
import { AppError } from '../../../contract/index.ts';
import { checkRequest } from '../../../network/index.ts';
import { describeLoss, type Place } from './describe-failure.ts';

export interface RunOptions {
  signal: AbortSignal;
  /** What it reads; absent: nothing. */
  input?: Buffer | AsyncIterable<Buffer>;
  /** Takes what it prints; while a promise is pending, no more is read. Absent: collected into `stdout`. */
  onOutput?: (chunk: Buffer) => void | Promise<void>;
}

export interface RunResult {
  /** Undefined where a signal ended it. */
  code: number | undefined;
  stdout: string;
  /** The first 64 KiB. */
  stderr: string;
}

/** An open connection to a host; several commands may run at once. */
export interface SshConnection {
  place: Place;
  /** Of one exchange when it was opened. */
  latencyMs: number;
  isOpen(): boolean;
  /**
   * Runs a script of one line by `sh`, whatever the user's own shell is.
   * @throws AppError REMOTE_UNREACHABLE where the connection is lost meanwhile, PERMISSION_DENIED where offline mode came
   *   on, which closes it; the signal's reason
   */
  run(script: string, options: RunOptions): Promise<RunResult>;
  /** A way through to another host. @throws AppError REMOTE_UNREACHABLE */
  forward(place: Place): Promise<ClientChannel>;
  close(): void;
}

const maxErrorBytes = 64 * 1024;

/** Wraps a client that is ready. `onClose`: closes what it was reached through. */
export function wrapClient(
  client: Client,
  place: Place,
  latencyMs: number,
  onClose: () => void,
): SshConnection {
  let open = true;
  let failure: Error | undefined;
  client.on('error', (error) => (failure = error));
  client.on('close', () => {
    open = false;
    onClose();
  });
  const loss = (): AppError => describeLoss(place, failure);
  // A connection lives for hours: the offline switch is heeded by every command, and by every piece that comes.
  const checkAllowed = (): void => {
    try {
      const { host, port } = place;
      checkRequest({ host, port, purpose: 'training', method: 'SSH', initiator: host });
    } catch (error) {
      client.destroy();
      throw error;
    }
  };
  return {
    place,
    latencyMs,
    isOpen: () => open,
    run: async (script, options) => {
      options.signal.throwIfAborted();
      if (!open) throw loss();
      checkAllowed();
      return runScript({ client, place, loss, checkAllowed }, script, options);
    },
    forward: (to) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) =>
          error ? reject(Object.assign(error, { level: 'forward' })) : resolve(channel),
        );
      }),
    close: () => {
      client.end();
      // A peer that is gone does not answer the farewell.
      setTimeout(() => client.destroy(), 500).unref();
    },
  };
}

/** One argument for a shell; `'\''` means the same to sh, bash, zsh, fish and csh. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

interface Session {
  client: Client;
  place: Place;
  loss(): AppError;
  /** @throws AppError PERMISSION_DENIED in offline mode */
  checkAllowed(): void;
}

function runScript(session: Session, script: string, options: RunOptions): Promise<RunResult> {
  const { client, place, loss } = session;
  return new Promise((resolve, reject) => {
    const lost = () => reject(loss());
    client.once('close', lost);
    client.exec(`exec sh -c ${quote(script)}`, (error, channel) => {
      client.off('close', lost);
      if (error) return reject(describeRefusedChannel(place, error));
      // At once: a short program's exit may come with the very packet that opened the channel.
      runChannel(channel, session, options).then(resolve, reject);
    });
  });
}

function describeRefusedChannel({ host, port }: Place, cause: Error): AppError {
  return new AppError('REMOTE_UNREACHABLE', `${host}:${port} opens no further session: ${cause.message}`, {
    hint: 'The server may limit the sessions of a connection (MaxSessions).',
    cause,
  });
}

function runChannel(
  channel: ClientChannel,
  { client, loss, checkAllowed }: Session,
  { signal, input, onOutput }: RunOptions,
): Promise<RunResult> {
  const stdout: Buffer[] = [];
  const readErrors = collectErrors(channel);
  let code: number | null | undefined;
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', abort);
      client.off('close', lost);
      finish();
    };
    const fail = (error: unknown): void => {
      settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      channel.close();
    };
    const abort = (): void => fail(signal.reason);
    const lost = (): void => settle(() => reject(loss()));
    signal.addEventListener('abort', abort, { once: true });
    client.once('close', lost);
    const take = onOutput ?? ((chunk: Buffer) => void stdout.push(chunk));
    takeOutput(channel, take, checkAllowed, fail);
    channel.on('exit', (status: number | null) => (code = status));
    channel.on('error', () => undefined);
    channel.on('close', () => {
      // Without an exit it did not end by itself: the connection, or the other side's session, is gone.
      if (code === undefined) return lost();
      const result = { code: code ?? undefined, stdout: text(stdout), stderr: readErrors() };
      settle(() => resolve(result));
    });
    if (signal.aborted) return abort();
    feed(channel, input).catch((error: unknown) => {
      // A program that reads no further has an exit that says why.
      if (isOurs(error)) fail(error);
    });
  });
}

function takeOutput(
  channel: ClientChannel,
  take: (chunk: Buffer) => void | Promise<void>,
  checkAllowed: () => void,
  fail: (error: unknown) => void,
): void {
  channel.on('data', (chunk: Buffer) => {
    try {
      checkAllowed();
    } catch (error) {
      return fail(error);
    }
    const taken = take(chunk);
    if (!taken) return;
    channel.pause();
    taken.then(() => channel.resume(), fail);
  });
}

function collectErrors(channel: ClientChannel): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  channel.stderr.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxErrorBytes) chunks.push(chunk);
  });
  return () => text(chunks);
}

async function feed(channel: ClientChannel, input: RunOptions['input']): Promise<void> {
  if (input === undefined) return void channel.end();
  if (Buffer.isBuffer(input)) return void channel.end(input);
  await pipeline(Readable.from(readOurs(input)), channel);
}

/** Marks what fails on this side: a file that cannot be read. */
async function* readOurs(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* input;
  } catch (error) {
    throw Object.assign(error as Error, { ours: true });
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && 'ours' in error;
}

function text(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
