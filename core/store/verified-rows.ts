import type { Database } from 'better-sqlite3';
import { verifiedExampleSchema, type VerifiedExample } from '../contract/index.ts';

export interface VerifiedRows {
  /** Adds an example, or replaces the one with its id. */
  put(example: VerifiedExample): void;
  get(id: string): VerifiedExample | undefined;
  /** By the question's words, whatever their case. */
  find(connectionId: string, question: string): VerifiedExample | undefined;
  /** The latest first. */
  list(filter?: { connectionId?: string | undefined }): VerifiedExample[];
  /** @returns whether there was one */
  remove(id: string): boolean;
}

interface Row {
  example: string;
}

export function createVerifiedRows(database: Database): VerifiedRows {
  const put = database.prepare<[string, string, string, string, string]>(
    `INSERT INTO verified_examples (id, connection_id, question, updated_at, example) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET question = excluded.question, updated_at = excluded.updated_at, example = excluded.example`,
  );
  const get = database.prepare<[string], Row>('SELECT example FROM verified_examples WHERE id = ?');
  const find = database.prepare<[string, string], Row>(
    'SELECT example FROM verified_examples WHERE connection_id = ? AND question = ? COLLATE NOCASE',
  );
  const list = database.prepare<[{ connectionId: string | null }], Row>(
    `SELECT example FROM verified_examples WHERE @connectionId IS NULL OR connection_id = @connectionId
     ORDER BY updated_at DESC, rowid DESC`,
  );
  const remove = database.prepare<[string]>('DELETE FROM verified_examples WHERE id = ?');
  const read = (row: Row | undefined) => row && toExample(row);
  return {
    put(example) {
      const { id, connectionId, question, updatedAt } = example;
      put.run(id, connectionId, question, updatedAt, JSON.stringify(example));
    },
    get: (id) => read(get.get(id)),
    find: (connectionId, question) => read(find.get(connectionId, question)),
    list: ({ connectionId } = {}) => list.all({ connectionId: connectionId ?? null }).map(toExample),
    remove: (id) => remove.run(id).changes > 0,
  };
}

function toExample(row: Row): VerifiedExample {
  return verifiedExampleSchema.parse(JSON.parse(row.example));
}
