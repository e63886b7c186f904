import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { contentSecurityPolicy, serveTransport, type ServeOptions } from '../app/index.ts';
import { AppError, contract, webSocketPath, type CoreHandlers } from '../contract/index.ts';
import { createGate, createToken, refusal, type Gate } from './access.ts';
import { refusedPage } from './refused-page.ts';
import { exportPath, sendExport } from './send-export.ts';
import { createSocketTransport } from './socket-transport.ts';
import { readStaticFile } from '../app/index.ts';

export interface HostOptions extends ServeOptions {
  handlers: CoreHandlers;
  /** Folder of the built renderer. */
  rendererDir: string;
  /** Defaults to 0: a free one. */
  port?: number;
  /** An earlier host that was killed: its pages are let in again, at its port where that is still free. */
  resume?: { port: number; token: string; session: string } | undefined;
}

export interface Host {
  /** The address to open, its token included. */
  url: string;
  /** The same without the token. */
  origin: string;
  port: number;
  token: string;
  /** What the cookies of its pages hold. */
  session: string;
  /** Hangs up on every page, which aborts their open calls. */
  close(): Promise<void>;
}

/** The largest message that a page may send. A question or a statement is far smaller. */
const maxMessageBytes = 4 * 1024 * 1024;

/**
 * Serves the renderer and the core to browsers of this machine: listens on 127.0.0.1 only, and answers nothing
 * without the token. @throws AppError CONFLICT when the port is taken.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const server = createServer();
  const port = await listenAgain(server, options);
  const resumed = options.resume?.port === port ? options.resume : undefined;
  const token = resumed?.token ?? createToken();
  const gate = createGate(token, port, resumed?.session);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  server.on('request', (request, response) => void respond(gate, options, request, response));
  server.on('upgrade', (request, socket, head) => {
    const denied = refuseUpgrade(gate, request);
    if (denied) {
      hangUp(socket, denied);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serveTransport(contract, options.handlers, createSocketTransport(webSocket), options);
    });
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    ...{ url: `${origin}/?token=${token}`, origin, port, token, session: gate.session },
    close: () => closeAll(server, sockets),
  };
}

/** At the port asked for; else at the killed host's, or any free one where that was taken meanwhile. */
async function listenAgain(server: Server, { port = 0, resume }: HostOptions): Promise<number> {
  if (port !== 0 || !resume) return listen(server, port);
  try {
    return await listen(server, resume.port);
  } catch {
    return listen(server, 0);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new AppError(taken ? 'CONFLICT' : 'INTERNAL', taken ? `Port ${port} is taken.` : error.message, {
          hint: 'Choose another port, or leave --port out to get a free one.',
          cause: error,
        }),
      );
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function respond(
  gate: Gate,
  { rendererDir, handlers }: HostOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setSecurityHeaders(gate, response);
  const url = parseUrl(request);
  const queryToken = url?.searchParams.get('token') ?? null;
  const denied = refusal(gate, { headers: request.headers, queryToken });
  if (denied?.status === 401) endWithPage(response, 401, refusedPage(denied.reason));
  else if (!url || denied)
    endWithText(response, denied?.status ?? 400, denied?.reason ?? 'This is no address.');
  else if (request.method !== 'GET' && request.method !== 'HEAD')
    endWithText(response, 405, 'Only GET is answered.');
  else if (queryToken !== null) beginSession(gate, url, request, response);
  else if (url.pathname.startsWith(exportPath) && request.method === 'GET')
    await sendExport(handlers, url.pathname.slice(exportPath.length), response);
  else await sendFile(rendererDir, url.pathname, request, response);
}

function setSecurityHeaders(gate: Gate, response: ServerResponse): void {
  const connectSources = gate.hosts.map((host) => `ws://${host}`);
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(connectSources));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
  response.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
  response.setHeader('Cache-Control', 'no-store');
}

/**
 * Trades the token in the address, where histories and screens keep it, for a cookie that no script can read. The page,
 * its files and its socket lie at the root, so the cookie's path is the root.
 */
function beginSession(gate: Gate, url: URL, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Set-Cookie', `${gate.cookieName}=${gate.session}; HttpOnly; SameSite=Strict; Path=/`);
  // A path that begins with two slashes would lead to another host.
  const path = url.pathname.replace(/^\/+/, '/');
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    // Opened by a file or another page: the browser would keep a strict cookie back all along a redirect. A page of
    // ours that moves on by itself is no other site.
    response.setHeader('Refresh', `0;url=${path}`);
    endWithText(response, 200, 'Opening SQL Codegen Studio.');
  } else {
    response.setHeader('Location', path);
    response.writeHead(303).end();
  }
}

async function sendFile(
  rendererDir: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const file = await readStaticFile(rendererDir, path);
    if (!file) {
      endWithText(response, 404, `Nothing is at ${path}. If this is the first page, run npm run build.`);
      return;
    }
    response.setHeader('Content-Type', file.type);
    response.setHeader('Content-Length', file.body.byteLength);
    if (file.immutable) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : file.body);
  } catch {
    endWithText(response, 500, 'The file could not be read.');
  }
}

function endWithText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function endWithPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
}

/** @returns the status line to hang up with, or undefined when the socket may open */
function refuseUpgrade(gate: Gate, request: IncomingMessage): string | undefined {
  const url = parseUrl(request);
  if (url?.pathname !== webSocketPath) return '404 Not Found';
  const denied = refusal(gate, { headers: request.headers, queryToken: url.searchParams.get('token') });
  if (!denied) return undefined;
  return denied.status === 401 ? '401 Unauthorized' : '403 Forbidden';
}

function hangUp(socket: Duplex, statusLine: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${statusLine}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function parseUrl(request: IncomingMessage): URL | undefined {
  return URL.parse(request.url ?? '/', 'http://127.0.0.1') ?? undefined;
}

async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
