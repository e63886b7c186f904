import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
  authorization: string | undefined;
}

/** Answers one request; `count` is how many came before for this path. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface FileServer {
  url: string;
  asked: Asked[];
  behaviours: Map<string, Behaviour>;
  close(): Promise<void>;
}

/** A server whose paths each behave as a test wants. @param host defaults to loopback */
export async function startFileServer(host = '127.0.0.1'): Promise<FileServer> {
  const asked: Asked[] = [];
  const behaviours = new Map<string, Behaviour>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const { range, authorization } = request.headers;
    const count = asked.filter((each) => each.path === path).length;
    asked.push({ path, range, authorization, ifRange: request.headers['if-range'] as string | undefined });
    const behave = behaviours.get(path) ?? behaviours.get(path.split('?')[0] ?? '');
    if (behave) behave(request, response, count);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    asked,
    behaviours,
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** As a good server does: ranges, If-Range, an ETag. `until`: breaks the connection at this byte. */
export function serveBytes(
  bytes: Buffer,
  {
    etag = '"one"',
    until,
    headers = {},
  }: { etag?: string; until?: number; headers?: Record<string, string> } = {},
): Behaviour {
  return (request, response) => {
    const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const from = wanted !== undefined && same ? Number(wanted) : 0;
    const common = { etag, 'accept-ranges': 'bytes', ...headers };
    if (from >= bytes.length && from > 0) {
      response.writeHead(416, { ...common, 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const length = { ...common, 'content-length': String(bytes.length - from) };
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    if (from > 0) response.writeHead(206, { ...length, ...range });
    else response.writeHead(200, length);
    if (until === undefined) response.end(bytes.subarray(from));
    else
      response.write(bytes.subarray(from, Math.max(from, until)), () =>
        setTimeout(() => response.destroy(), 20),
      );
  };
}
