export { connectInMemory } from './connect-in-memory.ts';
export { contentSecurityPolicy } from './content-security-policy.ts';
export { serveTransport, type ServeOptions } from './serve-transport.ts';
