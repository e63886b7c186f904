import type pg from 'pg';
import Cursor from 'pg-cursor';
import type { Cell } from '../contract/index.ts';
import { cellTypes } from './result-values.ts';

export interface Page {
  fields: pg.FieldDef[];
  rows: Cell[][];
  /** Whether the statement had more rows. */
  truncated: boolean;
}

const firstBatchRows = 100;
const maxBatchRows = 2_000;

/** COPY cannot get past the guard; should it, the client must not fall over its messages. */
class RowCursor extends Cursor<Cell[]> {
  handleCopyInResponse(connection: { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail('COPY is not read here.');
  }
  handleCopyData(): void {}
}

/**
 * Sends one statement by the extended protocol, which refuses several, and reads at most `maxRows` of its rows or
 * about `maxBytes` of its text through a portal: what lies beyond never travels. The portal is closed afterwards.
 */
export async function readPage(
  client: pg.ClientBase,
  sql: string,
  maxRows: number,
  maxBytes: number,
): Promise<Page> {
  const cursor = client.query(new RowCursor(sql, [], { rowMode: 'array', types: cellTypes as never }));
  const rows: Cell[][] = [];
  let fields: pg.FieldDef[] = [];
  let bytes = 0;
  let isComplete = false;
  while (!isComplete && rows.length <= maxRows && bytes < maxBytes) {
    const want = Math.min(maxRows + 1 - rows.length, sizeBatch(rows.length, bytes, maxBytes));
    const batch = await readBatch(cursor, want);
    fields = batch.fields;
    rows.push(...batch.rows);
    bytes += countBytes(batch.rows);
    isComplete = batch.rows.length < want;
  }
  await cursor.close();
  return { fields, rows: rows.slice(0, maxRows), truncated: !isComplete || rows.length > maxRows };
}

/** Few rows at first, then as many as should fit into what is left of the byte limit. */
function sizeBatch(rowCount: number, bytes: number, maxBytes: number): number {
  if (rowCount === 0) return firstBatchRows;
  const fitting = Math.floor((maxBytes - bytes) / Math.max(1, bytes / rowCount));
  return Math.min(maxBatchRows, Math.max(1, fitting));
}

function readBatch(cursor: RowCursor, count: number): Promise<{ rows: Cell[][]; fields: pg.FieldDef[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(count, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ rows, fields: result.fields });
    });
  });
}

/** Characters stand for bytes; numbers and booleans for eight. */
function countBytes(rows: Cell[][]): number {
  let bytes = 0;
  for (const row of rows) {
    for (const cell of row) bytes += typeof cell === 'string' ? cell.length : 8;
  }
  return bytes;
}
