import { AppError } from '../../contract/index.ts';
import { checkRequest, isLocalHost, requestOutbound } from '../../network/index.ts';

export interface RequestOptions {
  url: string;
  headers: Record<string, string>;
  /** Sent to the address's own host only, never to where it redirects. */
  token?: string | undefined;
  /** What asks, for the ledger. */
  initiator: string;
  signal: AbortSignal;
}

export interface OpenedResponse {
  response: Response;
  /** Where it came from in the end. */
  url: string;
  /** Headers of the first answer, which may be a redirect: the hub says hash and size there. */
  first: Headers;
  /** @throws AppError PERMISSION_DENIED where offline mode was switched on meanwhile */
  checkStillAllowed(): void;
}

const maxRedirects = 10;

/**
 * A GET through the gate, redirects followed.
 * @throws AppError PERMISSION_DENIED (offline, or a redirect that gives up encryption); else what node:http throws
 */
export async function openResponse(options: RequestOptions): Promise<OpenedResponse> {
  const { initiator, signal, token } = options;
  const start = new URL(options.url);
  let next = start;
  let first: Headers | undefined;
  for (let count = 0; count <= maxRedirects; count++) {
    const mayKnow = token !== undefined && next.origin === start.origin;
    const headers = { ...options.headers, ...(mayKnow && { authorization: `Bearer ${token}` }) };
    const reason = { purpose: 'download', initiator } as const;
    const response = await requestOutbound(next.href, { headers, signal }, reason);
    first ??= response.headers;
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      const at = { host: next.hostname, port: portOf(next), method: 'GET', ...reason };
      return { response, url: next.href, first, checkStillAllowed: () => checkRequest(at) };
    }
    await response.body?.cancel();
    next = follow(next, location);
  }
  throw new AppError('REMOTE_UNREACHABLE', `${start.host} redirects in a circle.`, {
    hint: 'Check the address in a browser.',
  });
}

function follow(from: URL, location: string): URL {
  const next = URL.parse(location, from.href);
  if (!next || !/^https?:$/.test(next.protocol)) {
    throw new AppError('INVALID_INPUT', `${from.host} redirects to something that is no web address.`, {
      hint: 'Check the address in a browser.',
    });
  }
  if (from.protocol === 'https:' && next.protocol === 'http:' && !isLocalHost(next.hostname)) {
    throw new AppError('PERMISSION_DENIED', `${from.host} redirects to ${next.host} without encryption.`, {
      hint: 'Nothing was downloaded from there. Find another source.',
    });
  }
  return next;
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'http:' ? 80 : 443);
}
