import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { finished, PassThrough } from 'node:stream';
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
    const response = toResponse(incoming);
    writeDown(admitted, incoming, sentBytes);
    return response;
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

/** The bytes that came, whatever the answer's header promised. To be called once the body has its reader, which sets the pace. */
function writeDown(admitted: AdmittedRequest, incoming: IncomingMessage, sentBytes: number): void {
  const { statusCode = 0 } = incoming;
  let receivedBytes = 0;
  incoming.on('data', (chunk: Buffer) => (receivedBytes += chunk.length));
  incoming.on('error', () => undefined);
  incoming.once('close', () => {
    // Of a redirect nobody reads what comes behind its head.
    const whole = incoming.complete || (statusCode >= 300 && statusCode < 400);
    admitted.end({
      outcome: statusCode < 400 && whole ? 'succeeded' : 'failed',
      message: `HTTP ${statusCode}${whole ? '' : ', cut off'}`,
      ...{ sentBytes, receivedBytes },
    });
  });
}

function toResponse(incoming: IncomingMessage): Response {
  const { statusCode = 500, headersDistinct } = incoming;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const hasBody = ![101, 204, 205, 304].includes(statusCode);
  if (!hasBody) incoming.resume();
  return new Response(hasBody ? toBody(incoming) : null, { status: statusCode, headers });
}

/** Waits for a reader that is slow, and no longer. */
const aheadBytes = 256 * 1024;

/** What came before a line broke is read to its end, and then the failure: Node's own conversion throws it away. */
function toBody(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  const ahead = new PassThrough({ highWaterMark: aheadBytes });
  const chunks = ahead.iterator() as AsyncIterator<Uint8Array<ArrayBuffer>, undefined>;
  let failure: Error | null | undefined;
  finished(incoming, { writable: false }, (error) => {
    failure = error;
    ahead.end();
  });
  incoming.pipe(ahead, { end: false });
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (!done) controller.enqueue(value);
        else if (failure) controller.error(failure);
        else controller.close();
      },
      cancel: () => void incoming.destroy(),
    },
    { highWaterMark: 0 },
  );
}
