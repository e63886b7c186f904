import { contract, createCoreClient, createMemoryTransportPair } from '../contract/index.ts';
import type { CoreClient, CoreHandlers } from '../contract/index.ts';
import { serveTransport, type ServeOptions } from './serve-transport.ts';

/** A client in the same process, over the same frames and checks as a remote one. `close` aborts its open calls. */
export function connectInMemory(
  handlers: CoreHandlers,
  options?: ServeOptions,
): { client: CoreClient; close(): void } {
  const [near, far] = createMemoryTransportPair();
  serveTransport(contract, handlers, far, options);
  return { client: createCoreClient(near), close: () => near.close() };
}
