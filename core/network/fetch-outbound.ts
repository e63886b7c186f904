import { admitRequest, type AdmittedRequest, type OutboundRequest } from './gate.ts';

type Reason = Pick<OutboundRequest, 'purpose' | 'initiator'>;

const maxRedirects = 10;

/**
 * `fetch` through the gate. Redirects are followed here, because each leads to a host that must be let through too;
 * `redirect: 'manual'` leaves them to the caller, as in fetch.
 * @throws AppError PERMISSION_DENIED in offline mode; else what fetch throws
 */
export async function fetchOutbound(url: string, init: RequestInit, reason: Reason): Promise<Response> {
  let next = url;
  for (let count = 0; ; count++) {
    const response = await fetchOnce(next, init, reason);
    const location = response.headers.get('location');
    const isRedirect = response.status >= 300 && response.status < 400 && location !== null;
    if (!isRedirect || init.redirect === 'manual') return response;
    await response.body?.cancel();
    if (init.redirect === 'error' || count >= maxRedirects) {
      throw new TypeError(`fetch failed: ${new URL(next).host} redirects too often.`);
    }
    next = new URL(location, next).href;
  }
}

async function fetchOnce(url: string, init: RequestInit, reason: Reason): Promise<Response> {
  const { hostname, port, protocol } = new URL(url);
  const admitted = admitRequest({
    ...reason,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
    method: init.method ?? 'GET',
  });
  const sentBytes = typeof init.body === 'string' ? Buffer.byteLength(init.body) : undefined;
  try {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    writeDown(admitted, response, sentBytes);
    return response;
  } catch (error) {
    admitted.end({ outcome: 'failed', message: describe(error), sentBytes });
    throw error;
  }
}

/** The answer's length is what its header says: its body is its reader's. */
function writeDown(admitted: AdmittedRequest, response: Response, sentBytes: number | undefined): void {
  const length = response.headers.get('content-length');
  admitted.end({
    outcome: response.status < 400 ? 'succeeded' : 'failed',
    message: `HTTP ${response.status}`,
    sentBytes,
    receivedBytes: length === null ? undefined : Number(length),
  });
}

function describe(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
