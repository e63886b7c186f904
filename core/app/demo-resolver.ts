import { AppError, demoNameSchema } from '../contract/index.ts';
import { demoDatabases } from '../demo/index.ts';
import type { DemoResolver, EmbeddedServerManager } from '../postgres/index.ts';

/** What the list shows for the demo server's port before it runs; `open` asks the server itself. */
const portBeforeStart = 5432;

/** The demo databases as connections: `demo:NAME`, on the embedded server. */
export function createDemoResolver(server: EmbeddedServerManager): DemoResolver {
  return {
    listConnections: () =>
      demoDatabases.map(({ name, title }) => ({
        id: `demo:${name}`,
        name: title,
        kind: 'demo',
        hasPassword: false,
        host: '127.0.0.1',
        port: server.status().port ?? portBeforeStart,
        database: name,
        user: 'demo_reader',
        sslMode: 'disable',
      })),
    async targetOf(text, options) {
      const name = demoNameSchema.safeParse(text);
      if (name.success) return server.targetOf(name.data, options);
      throw new AppError('NOT_FOUND', `There is no demo database "${text}".`, {
        hint: `The demo databases are ${demoNameSchema.options.join(', ')}.`,
      });
    },
  };
}
