import { ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain } from 'electron';
import { serveTransport, type ServeOptions } from '../core/app/index.ts';
import {
  contract,
  createMessagePortTransport,
  shellChannels,
  type CoreHandlers,
  type MessagePortLike,
} from '../core/contract/index.ts';
import { isOwnUrl } from './app-protocol.ts';

/**
 * Gives every page of ours that asks a port of its own to the core. A page that reloads or dies closes its port,
 * which aborts its open calls.
 */
export function offerCorePorts(handlers: CoreHandlers, options: ServeOptions): void {
  ipcMain.on(shellChannels.requestCorePort, (event: IpcMainEvent) => {
    const frame = event.senderFrame;
    if (!frame || !isOwnUrl(frame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    serveTransport(contract, handlers, createMessagePortTransport(asPagePort(port1)), options);
    frame.postMessage(shellChannels.corePort, null, [port2]);
  });
}

/** Electron's port has `on` where a page's has `addEventListener`. */
function asPagePort(port: MessagePortMain): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
    addEventListener(type: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      if (type === 'message') port.on('message', (event) => listener({ data: event.data }));
      else port.on('close', () => listener({ data: undefined }));
    },
  };
}
