import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { AppError, mostPreviewedRows, previewKeptMs } from '../../contract/index.ts';
import type { CommitResult, CoreHandlers, HistoryEntry, WritePreview } from '../../contract/index.ts';
import { guardWrite, shapeOf } from '../../sql/index.ts';
import type { WriteStatement } from '../../sql/index.ts';
import type { Connections } from '../connections.ts';
import type { Database } from '../database.ts';
import { readPage } from '../read-page.ts';
import { describeTable, findSideEffects } from './describe-table.ts';
import { buildPreviewSql } from './preview-sql.ts';

export interface WriteHandlersOptions {
  connections: Pick<Connections, 'open' | 'allowsWrites'>;
  history: {
    add(entry: Omit<HistoryEntry, 'id' | 'createdAt'>): string;
    list(filter: { limit: number }): HistoryEntry[];
  };
  /** Statements that models wrote since the app was started, whatever became of the history. */
  modelStatements?: () => Iterable<string>;
}

interface KeptPreview {
  connectionId: string;
  /** Where it ran: the connection may lead elsewhere by the time of its commit. */
  place: string;
  write: WriteStatement;
  statementHash: string;
  rowCount: number;
  timeoutMs: number;
  until: number;
}

const shownBytes = 8 * 1024 * 1024;
const mostKept = 20;
const searchedEntries = 5_000;

type WriteHandlers = Pick<CoreHandlers, 'postgres.previewWrite' | 'postgres.commitWrite'>;

/** The two acts of a write: a preview that is always rolled back, and its commit. Nothing else in the core writes. */
export function createWriteHandlers(options: WriteHandlersOptions): WriteHandlers {
  const { connections, history } = options;
  const kept = new Map<string, KeptPreview>();

  const take = (previewId: string, statementHash: string): KeptPreview => {
    const preview = kept.get(previewId);
    kept.delete(previewId);
    if (preview === undefined || preview.until < Date.now()) {
      throw new AppError('NOT_FOUND', 'This preview was committed already, or is too old.', {
        hint: 'Preview the statement again.',
      });
    }
    if (preview.statementHash === statementHash) return preview;
    throw new AppError('CONFLICT', 'The statement is not the one that was previewed.', {
      hint: 'Preview the statement again.',
    });
  };
  const keep = (preview: KeptPreview): string => {
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
    const previewId = randomUUID();
    kept.set(previewId, preview);
    return previewId;
  };

  return {
    'postgres.previewWrite': async ({ connectionId, sql, timeoutMs }, { signal }) => {
      refuseClosed(connections, connectionId);
      const write = await guardWrite(sql);
      await refuseModelWritten(sql, options);
      const database = await connections.open(connectionId, { signal });
      const { place, ...shown } = await preview(database, write, { sql, timeoutMs, signal });
      const statementHash = hashOf(sql);
      const until = Date.now() + previewKeptMs;
      const { rowCount } = shown;
      const previewId = keep({ connectionId, place, write, statementHash, rowCount, timeoutMs, until });
      return { ...shown, previewId, statementHash };
    },
    'postgres.commitWrite': async ({ previewId, statementHash }, { signal }) => {
      const preview = take(previewId, statementHash);
      refuseClosed(connections, preview.connectionId);
      const database = await connections.open(preview.connectionId, { signal });
      const result = await commit(database, preview, signal);
      if (result.committed) remember(history, preview, result);
      return result;
    },
  };
}

function refuseClosed(connections: Pick<Connections, 'allowsWrites'>, connectionId: string): void {
  if (connections.allowsWrites(connectionId)) return;
  throw new AppError('SQL_NOT_READ_ONLY', 'This connection is for reading only.', {
    hint: 'Allow writes in its settings, if that is what you want.',
    details: { guard: true },
  });
}

/** By what it says, not by its text: other spaces or comments make no other statement. */
async function refuseModelWritten(
  sql: string,
  { history, modelStatements }: WriteHandlersOptions,
): Promise<void> {
  const shape = await shapeOf(sql);
  const fromHistory = history
    .list({ limit: searchedEntries })
    .filter(({ model, question }) => model !== undefined || question !== undefined)
    .map((entry) => entry.sql);
  for (const written of new Set([...fromHistory, ...(modelStatements?.() ?? [])])) {
    // Only what changes rows can be equal; parsing thousands of queries would take a second.
    if (!/\b(insert|update|delete)\b/i.test(written) || (await shapeOf(written)) !== shape) continue;
    throw new AppError(
      'SQL_NOT_READ_ONLY',
      'A model wrote this statement; only what you type yourself may change rows.',
      {
        hint: 'Write the statement yourself.',
        details: { guard: true },
      },
    );
  }
}

type Shown = Omit<WritePreview, 'previewId' | 'statementHash'>;

function preview(
  database: Database,
  write: WriteStatement,
  options: { sql: string; timeoutMs: number; signal: AbortSignal },
): Promise<Shown & { place: string }> {
  return database.runWrite(options, async ({ client, run }) => {
    const startedAt = performance.now();
    const table = await describeTable(client, write);
    const sideEffects = await findSideEffects(client, table, write);
    const { sql, prefixLength, knowsBefore, readRow } = buildPreviewSql(write, table);
    // Plans it, so that an error names its place in the user's statement.
    await run(`EXPLAIN ${sql}`, 'EXPLAIN '.length + prefixLength);
    const { rows } = await readPage(client, sql, mostPreviewedRows, shownBytes);
    // What is checked only at the end of a transaction is checked now.
    await run('SET CONSTRAINTS ALL IMMEDIATE');
    return {
      place: describePlace(client),
      ...{ kind: write.kind, table: table.name, columns: table.columns, knowsBefore, sideEffects },
      rowCount: Number(rows[0]?.[0] ?? 0),
      rows: rows.map(readRow),
      durationMs: performance.now() - startedAt,
    };
  });
}

function commit(
  database: Database,
  { place, write, rowCount, timeoutMs }: KeptPreview,
  signal: AbortSignal,
): Promise<CommitResult> {
  return database.runWrite({ sql: write.sql, timeoutMs, signal }, async (session) => {
    const startedAt = performance.now();
    if (describePlace(session.client) !== place) throw leadsElsewhere();
    const found = await session.run(write.sql);
    if (found !== rowCount) return { committed: false, expected: rowCount, found };
    await session.run('SET CONSTRAINTS ALL IMMEDIATE');
    await session.commit();
    return { committed: true, rowCount: found, durationMs: performance.now() - startedAt };
  });
}

function describePlace({
  host,
  port,
  database,
  user,
}: Pick<Client, 'host' | 'port' | 'database' | 'user'>): string {
  return JSON.stringify([host, port, database, user]);
}

function leadsElsewhere(): AppError {
  return new AppError(
    'CONFLICT',
    'The connection was edited: it leads to another database than was previewed.',
    {
      hint: 'Preview the statement again.',
    },
  );
}

function remember(
  history: WriteHandlersOptions['history'],
  { connectionId, write }: KeptPreview,
  { rowCount, durationMs }: Extract<CommitResult, { committed: true }>,
): void {
  const timingsMs = { executeMs: durationMs, totalMs: durationMs };
  history.add({ connectionId, sql: write.sql.trim(), outcome: 'succeeded', rowCount, timingsMs });
}

function hashOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}
