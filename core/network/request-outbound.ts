import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { admitRequest, type AdmittedRequest, type OutboundRequest } from './gate.ts';

export interface PlainRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
}

/**
 * As `fetchOutbound`, for bodies of many megabytes: Node's own fetch (undici 7) ends the process where a server closes a
 * connection whose body is not read fast enough (nodejs/undici#5360). Redirects and encodings are left to the caller.
 * @throws AppError PERMISSION_DENIED in offline mode; else what node:http throws
 */
export async function requestOutbound(
  url: string,
  init: PlainRequest,
  reason: Pick<OutboundRequest, 'purpose' | 'initiator'>,
): Promise<Response> {
  const { hostname, port, protocol } = new URL(url);
  const admitted = admitRequest({
    ...reason,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
    method: init.method ?? 'GET',
  });
  const sentBytes = init.body === undefined ? 0 : Buffer.byteLength(init.body);
  try {
    const incoming = await send(url, init);
    writeDown(admitted, incoming, sentBytes);
    return toResponse(incoming);
  } catch (error) {
    admitted.end({ outcome: 'failed', message: (error as NodeJS.ErrnoException).code ?? 'error', sentBytes });
    throw error;
  }
}

function send(
  url: string,
  { method = 'GET', headers, body, signal }: PlainRequest,
): Promise<IncomingMessage> {
  const open = url.startsWith('https:') ? requestHttps : requestHttp;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = open(
      url,
      { method, headers: { ...headers, ...length }, ...(signal && { signal }) },
      resolve,
    );
    // Stays: the line may break after the answer began, which its body's reader is told.
    request.on('error', reject);
    request.end(body);
  });
}

function writeDown(admitted: AdmittedRequest, incoming: IncomingMessage, sentBytes: number): void {
  const { statusCode = 0, headers } = incoming;
  const received = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  incoming.on('error', () => undefined);
  incoming.once('close', () =>
    admitted.end({
      outcome: statusCode < 400 && incoming.complete ? 'succeeded' : 'failed',
      message: `HTTP ${statusCode}`,
      sentBytes,
      receivedBytes: received,
    }),
  );
}

function toResponse(incoming: IncomingMessage): Response {
  const { statusCode = 500, headersDistinct } = incoming;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const hasBody = ![101, 204, 205, 304].includes(statusCode);
  if (!hasBody) incoming.resume();
  const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>) : null;
  return new Response(body, { status: statusCode, headers });
}
