import type { Database } from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { historyEntrySchema, type Feedback, type HistoryEntry } from '../contract/index.ts';

export type HistoryDraft = Omit<HistoryEntry, 'id' | 'createdAt'>;

export interface HistoryRows {
  /** @returns the new entry's id */
  add(entry: HistoryDraft): string;
  get(id: string): HistoryEntry | undefined;
  /** @returns the entry as it is now, or undefined where there is none */
  giveFeedback(id: string, feedback: Feedback): HistoryEntry | undefined;
  /** Newest first. `limit` defaults to 200. */
  list(filter?: { connectionId?: string | undefined; limit?: number }): HistoryEntry[];
  /** @returns whether there was one */
  remove(id: string): boolean;
  /** Removes all, or those of one connection. @returns how many */
  clear(filter?: { connectionId?: string | undefined }): number;
}

/** Older entries than these go, so that the file stays small. */
const keptEntries = 5_000;

interface Row {
  entry: string;
}

export function createHistoryRows(database: Database): HistoryRows {
  const statements = prepare(database);
  return {
    add(draft) {
      const entry = historyEntrySchema.parse({
        ...draft,
        id: randomUUID(),
        createdAt: new Date().toISOString(),
      });
      statements.add.run(entry.id, entry.connectionId, entry.createdAt, JSON.stringify(entry));
      statements.trim.run(keptEntries);
      return entry.id;
    },
    get(id) {
      const row = statements.get.get(id);
      return row && toEntry(row);
    },
    giveFeedback(id, feedback) {
      const row = statements.get.get(id);
      if (!row) return undefined;
      const entry = historyEntrySchema.parse({ ...toEntry(row), feedback });
      statements.change.run(JSON.stringify(entry), id);
      return entry;
    },
    list: ({ connectionId, limit = 200 } = {}) =>
      statements.list.all({ connectionId: connectionId ?? null, limit }).map(toEntry),
    remove: (id) => statements.remove.run(id).changes > 0,
    clear: ({ connectionId } = {}) => statements.clear.run({ connectionId: connectionId ?? null }).changes,
  };
}

function prepare(database: Database) {
  return {
    add: database.prepare<[string, string, string, string]>(
      'INSERT INTO history (id, connection_id, created_at, entry) VALUES (?, ?, ?, ?)',
    ),
    trim: database.prepare<[number]>(
      `DELETE FROM history WHERE rowid IN
         (SELECT rowid FROM history ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ?)`,
    ),
    get: database.prepare<[string], Row>('SELECT entry FROM history WHERE id = ?'),
    change: database.prepare<[string, string]>('UPDATE history SET entry = ? WHERE id = ?'),
    list: database.prepare<[{ connectionId: string | null; limit: number }], Row>(
      `SELECT entry FROM history WHERE @connectionId IS NULL OR connection_id = @connectionId
       ORDER BY created_at DESC, rowid DESC LIMIT @limit`,
    ),
    remove: database.prepare<[string]>('DELETE FROM history WHERE id = ?'),
    clear: database.prepare<[{ connectionId: string | null }]>(
      'DELETE FROM history WHERE @connectionId IS NULL OR connection_id = @connectionId',
    ),
  };
}

function toEntry(row: Row): HistoryEntry {
  return historyEntrySchema.parse(JSON.parse(row.entry));
}
