import type { Database } from 'better-sqlite3';
import {
  networkEntrySchema,
  type NetworkEntry,
  type NetworkFilter,
  type NetworkOutcome,
} from '../contract/index.ts';

export type NetworkDraft = Pick<NetworkEntry, 'host' | 'port' | 'local' | 'purpose' | 'method' | 'initiator'>;

export interface NetworkEnd {
  outcome: Exclude<NetworkOutcome, 'open'>;
  message?: string | undefined;
  sentBytes?: number | undefined;
  receivedBytes?: number | undefined;
  durationMs?: number | undefined;
}

/** The outbound ledger: every request that the app made to another program. */
export interface NetworkRows {
  /** Writes a request down before it is made. @returns its id */
  begin(draft: NetworkDraft): number;
  end(id: number, end: NetworkEnd): void;
  /** Newest first. */
  list(filter: NetworkFilter): { entries: NetworkEntry[]; matching: number; remote: number; local: number };
  /** @returns how many there were */
  clear(): number;
}

/** Older lines go, each kind by itself: those to this machine's own server are many and tell little. */
const keptRemote = 20_000;
const keptLocal = 2_000;
/** Trimming for every line would cost more than the line. */
const trimEvery = 100;

interface Row {
  id: number;
  started_at: string;
  host: string;
  port: number;
  local: number;
  purpose: string;
  method: string;
  initiator: string;
  outcome: string;
  message: string | null;
  sent_bytes: number | null;
  received_bytes: number | null;
  duration_ms: number | null;
}

export function createNetworkRows(database: Database): NetworkRows {
  const statements = prepare(database);
  let sinceTrim = 0;
  return {
    begin(draft) {
      if (++sinceTrim >= trimEvery) {
        sinceTrim = 0;
        statements.trim.run({ local: 0, kept: keptRemote });
        statements.trim.run({ local: 1, kept: keptLocal });
      }
      const row = { ...draft, startedAt: new Date().toISOString(), local: draft.local ? 1 : 0 };
      return Number(statements.begin.run(row).lastInsertRowid);
    },
    end(id, end) {
      const { outcome, message = null, sentBytes = null, receivedBytes = null, durationMs = null } = end;
      statements.end.run({ id, outcome, message, sentBytes, receivedBytes, durationMs });
    },
    list(filter) {
      const { purpose = null, outcome = null, text = '', local, limit } = filter;
      const wanted = { purpose, outcome, text: `%${escapeLike(text)}%`, local: local ? 1 : 0 };
      const counts = statements.count.get(wanted);
      return {
        entries: statements.list.all({ ...wanted, limit }).map(toEntry),
        matching: counts?.matching ?? 0,
        remote: counts?.remote ?? 0,
        local: counts?.local ?? 0,
      };
    },
    clear: () => statements.clear.run().changes,
  };
}

const wantedRows = `(@purpose IS NULL OR purpose = @purpose) AND (@outcome IS NULL OR outcome = @outcome)
  AND (@local = 1 OR local = 0) AND (host LIKE @text ESCAPE '\\' OR initiator LIKE @text ESCAPE '\\')`;

interface Wanted {
  purpose: string | null;
  outcome: string | null;
  text: string;
  local: number;
}

function prepare(database: Database) {
  return {
    begin: database.prepare<[Omit<NetworkDraft, 'local'> & { startedAt: string; local: number }]>(
      `INSERT INTO network (started_at, host, port, local, purpose, method, initiator, outcome)
       VALUES (@startedAt, @host, @port, @local, @purpose, @method, @initiator, 'open')`,
    ),
    end: database.prepare(
      `UPDATE network SET outcome = @outcome, message = @message, sent_bytes = @sentBytes,
         received_bytes = @receivedBytes, duration_ms = @durationMs WHERE id = @id`,
    ),
    list: database.prepare<[Wanted & { limit: number }], Row>(
      `SELECT * FROM network WHERE ${wantedRows} ORDER BY id DESC LIMIT @limit`,
    ),
    count: database.prepare<[Wanted], { matching: number; remote: number; local: number }>(
      `SELECT count(*) FILTER (WHERE ${wantedRows}) AS matching, count(*) FILTER (WHERE local = 0) AS remote,
         count(*) FILTER (WHERE local = 1) AS local FROM network`,
    ),
    trim: database.prepare<[{ local: number; kept: number }]>(
      `DELETE FROM network WHERE local = @local AND id <= (
         SELECT id FROM network WHERE local = @local ORDER BY id DESC LIMIT 1 OFFSET @kept)`,
    ),
    clear: database.prepare('DELETE FROM network'),
  };
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

function toEntry(row: Row): NetworkEntry {
  return networkEntrySchema.parse({
    ...row,
    startedAt: row.started_at,
    local: row.local === 1,
    message: row.message ?? undefined,
    sentBytes: row.sent_bytes ?? undefined,
    receivedBytes: row.received_bytes ?? undefined,
    durationMs: row.duration_ms ?? undefined,
  });
}
