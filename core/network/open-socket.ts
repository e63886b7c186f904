import { Socket, type SocketConnectOpts } from 'node:net';
import { admitRequest, type AdmittedRequest, type OutboundRequest } from './gate.ts';

/** Before it is connected, and after. */
export type OutboundConnection = Socket;

type Reason = Pick<OutboundRequest, 'purpose' | 'initiator'>;

/** A socket that asks the gate before it connects; refused, it fails with the gate's error and opens nothing. */
class OutboundSocket extends Socket {
  readonly #reason: Reason;

  constructor(reason: Reason) {
    super();
    this.#reason = reason;
  }

  override connect(...args: unknown[]): this {
    const place = readPlace(args);
    let admitted: AdmittedRequest;
    try {
      admitted = admitRequest({ ...this.#reason, ...place, method: 'CONNECT' });
    } catch (error) {
      process.nextTick(() => this.destroy(error as Error));
      return this;
    }
    this.#writeDown(admitted);
    return super.connect(...(args as [SocketConnectOpts]));
  }

  #writeDown(admitted: AdmittedRequest): void {
    let connected = false;
    let failure: Error | undefined;
    this.once('connect', () => (connected = true));
    this.once('error', (error) => (failure = error));
    this.once('close', () =>
      admitted.end({
        outcome: connected ? 'succeeded' : 'failed',
        message: failure?.message,
        sentBytes: this.bytesWritten,
        receivedBytes: this.bytesRead,
      }),
    );
  }
}

/** pg connects by `(port, host)` or by a path; ours by options. */
function readPlace([first, second]: unknown[]): { host: string; port: number } {
  if (typeof first === 'object' && first !== null) {
    const { path, host = 'localhost', port = 0 } = first as { path?: string; host?: string; port?: number };
    return path === undefined ? { host, port } : readSocketPath(path);
  }
  if (typeof first === 'string' && first.includes('/')) return readSocketPath(first);
  return { host: typeof second === 'string' ? second : 'localhost', port: Number(first) };
}

/** `/run/postgresql/.s.PGSQL.5432` */
function readSocketPath(path: string): { host: string; port: number } {
  return { host: path, port: Number(/\.(\d+)$/.exec(path)?.[1] ?? 0) };
}

/**
 * A socket that is not connected yet. Connecting it passes the gate and is written down, with its bytes when it ends.
 */
export function openOutboundSocket(reason: Reason): OutboundConnection {
  return new OutboundSocket(reason);
}
