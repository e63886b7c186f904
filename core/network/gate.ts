import { AppError, type NetworkOutcome, type NetworkPurpose } from '../contract/index.ts';
import { isListed, isLocalHost } from './hosts.ts';

/** Who is spoken to, and why. */
export interface OutboundRequest {
  host: string;
  port: number;
  purpose: NetworkPurpose;
  /** `CONNECT`, or HTTP's method. */
  method: string;
  /** What asked for it, without secrets. */
  initiator: string;
}

export interface OutboundEnd {
  outcome: Exclude<NetworkOutcome, 'open'>;
  message?: string | undefined;
  sentBytes?: number | undefined;
  receivedBytes?: number | undefined;
  durationMs?: number | undefined;
}

/** Where requests are written down; `store.network` fits. */
export interface OutboundLedger {
  begin(request: OutboundRequest & { local: boolean }): number;
  end(id: number, end: OutboundEnd): void;
}

export interface NetworkPolicy {
  /** Asked anew for every request, so that the switch takes effect at once. */
  read(): { offline: boolean; allowedHosts: readonly string[] };
}

interface Network {
  policy: NetworkPolicy;
  ledger: OutboundLedger;
}

const networks = new Set<Network>();

/**
 * Lets this process speak to other machines, under a policy and with a ledger. Until then, and in worker threads, only
 * this machine can be reached.
 * @returns ends it
 */
export function openNetwork(network: Network): () => void {
  networks.add(network);
  return () => void networks.delete(network);
}

export function isNetworkOpen(): boolean {
  return networks.size > 0;
}

/** A request that was let through; `end` writes down what became of it, the first time it is called. */
export interface AdmittedRequest {
  end(end: OutboundEnd): void;
}

/**
 * The one gate: every request of the app passes here before a socket is opened, and is written down.
 * @throws AppError PERMISSION_DENIED in offline mode, INTERNAL where no ledger is open; never for this machine
 */
export function admitRequest(request: OutboundRequest): AdmittedRequest {
  const local = isLocalHost(request.host);
  const refusal = local ? undefined : findRefusal(request);
  const startedAt = performance.now();
  const lines = [...networks].map(({ ledger }) => ({ ledger, id: ledger.begin({ ...request, local }) }));
  let ended = false;
  const end = (result: OutboundEnd): void => {
    if (ended) return;
    ended = true;
    for (const { ledger, id } of lines) {
      // A request may end after the app has closed its store.
      if (isStillOpen(ledger)) ledger.end(id, { durationMs: performance.now() - startedAt, ...result });
    }
  };
  if (refusal) {
    end({ outcome: 'refused', message: refusal.message });
    throw refusal;
  }
  return { end };
}

/** As `admitRequest`, without writing down what is let through: for connections that are open already. */
export function checkRequest(request: OutboundRequest): void {
  if (!isLocalHost(request.host) && findRefusal(request)) admitRequest(request);
}

function isStillOpen(ledger: OutboundLedger): boolean {
  return [...networks].some((network) => network.ledger === ledger);
}

function findRefusal({ host, port }: OutboundRequest): AppError | undefined {
  if (networks.size === 0) {
    return new AppError('INTERNAL', `${host}:${port} was to be reached while no ledger was open.`, {
      hint: 'This is a fault of the app: every request must be written down. Please report it.',
    });
  }
  for (const { policy } of networks) {
    const { offline, allowedHosts } = policy.read();
    if (offline && !isListed(host, allowedHosts)) return offlineError(host, port);
  }
  return undefined;
}

function offlineError(host: string, port: number): AppError {
  return new AppError('PERMISSION_DENIED', `Offline mode is on: nothing was sent to ${host}:${port}.`, {
    hint: 'Switch it off under Settings, Privacy, or add this host there to those that stay reachable.',
    details: { reason: 'offline', host, port },
  });
}
