import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { connectionParamsSchema } from '../contract/index.ts';

/** A connection as it is kept: everything but its password. */
export const storedConnectionSchema = connectionParamsSchema.extend({
  id: z.string(),
  name: z.string(),
  allowWrites: z.boolean().optional(),
});
export type StoredConnection = z.infer<typeof storedConnectionSchema>;

export interface ConnectionRows {
  /** In the order of their names. */
  list(): StoredConnection[];
  get(id: string): StoredConnection | undefined;
  /** Adds or replaces. */
  put(connection: StoredConnection): void;
  /** @returns whether there was one */
  remove(id: string): boolean;
}

interface Row {
  id: string;
  name: string;
  params: string;
}

export function createConnectionRows(database: Database): ConnectionRows {
  const list = database.prepare<[], Row>('SELECT id, name, params FROM connections ORDER BY name, id');
  const get = database.prepare<[string], Row>('SELECT id, name, params FROM connections WHERE id = ?');
  const put = database.prepare<[string, string, string, string]>(
    `INSERT INTO connections (id, name, params, created_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, params = excluded.params`,
  );
  const remove = database.prepare<[string]>('DELETE FROM connections WHERE id = ?');
  return {
    list: () => list.all().map(toConnection),
    get(id) {
      const row = get.get(id);
      return row && toConnection(row);
    },
    put(connection) {
      const { id, name, ...params } = storedConnectionSchema.parse(connection);
      put.run(id, name, JSON.stringify(params), new Date().toISOString());
    },
    remove: (id) => remove.run(id).changes > 0,
  };
}

function toConnection(row: Row): StoredConnection {
  return storedConnectionSchema.parse({ ...JSON.parse(row.params), id: row.id, name: row.name });
}
