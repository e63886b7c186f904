/** A second process of the app for tests: starts or attaches, prints the port, and stops when its input ends. */
import { createEmbeddedServerManager } from '../embedded-manager.ts';

const manager = createEmbeddedServerManager({
  dataDir: process.argv[2] ?? '',
  loadDatabase: async () => undefined,
});
const { port } = await manager.server();
process.stdout.write(`${port}\n`);
process.stdin.on('end', () => void manager.stop()).resume();
