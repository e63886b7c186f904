import {
  AppError,
  corePortMessage,
  createMessagePortTransport,
  createWebSocketTransport,
  webSocketPath,
  type StudioBridge,
  type Transport,
} from '../../core/contract/index.ts';
import { findShell } from './shell.ts';

const portWaitMs = 10_000;

/** Opens a transport to the core: a MessagePort in Electron, a WebSocket to our own origin in a browser. */
export function connectCore(): Promise<Transport> {
  const shell = findShell();
  return shell ? connectPort(shell) : connectSocket();
}

function connectSocket(): Promise<Transport> {
  const url = new URL(webSocketPath, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(createWebSocketTransport(socket)), { once: true });
    socket.addEventListener('close', () => void findRefusal().then(reject), { once: true });
  });
}

/** A browser does not tell why a socket failed to open, so the page itself is asked for, which needs the same cookie. */
async function findRefusal(): Promise<Error> {
  const status = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    (answer) => answer.status,
    () => undefined,
  );
  return status === 401 || status === 403
    ? new AppError('AUTH_FAILED', 'The app does not know this page.')
    : new AppError('DISCONNECTED', 'The socket closed.');
}

function connectPort(shell: StudioBridge): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      window.removeEventListener('message', receive);
    };
    const receive = (event: MessageEvent) => {
      const port = event.ports[0];
      if (event.source !== window || event.data !== corePortMessage || !port) return;
      stop();
      resolve(createMessagePortTransport(port));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('The core gave no port.'));
    }, portWaitMs);
    window.addEventListener('message', receive);
    shell.requestCorePort();
  });
}
