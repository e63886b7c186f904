import type pg from 'pg';
import Cursor from 'pg-cursor';
import type { Cell } from '../contract/index.ts';
import { limitBytes } from './limit-bytes.ts';
import type { ByteMeter } from './limit-bytes.ts';
import { cellTypes } from './result-values.ts';

export interface Page {
  fields: pg.FieldDef[];
  rows: Cell[][];
  /** Whether the statement had more rows. */
  truncated: boolean;
}

const maxBatchRows = 2_000;
/** How many times the rows read so far the next batch may have: the first rows can be smaller than what follows. */
const growth = 4;

/** COPY cannot get past the guard; should it, the client must not fall over its messages. */
class RowCursor extends Cursor<Cell[]> {
  handleCopyInResponse(connection: { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail('COPY is not read here.');
  }
  handleCopyData(): void {}
}

/**
 * Sends one statement by the extended protocol, which refuses several, and reads at most `maxRows` of its rows or
 * about `maxBytes` of them through a portal: what lies beyond never travels. The portal is closed afterwards.
 * `firstBatchRows` defaults to 1, which may be large; more where it is known how large rows are.
 * Throws SQL_EXECUTION for a first row of more than `maxBytes`, or a later batch that comes to twice as much.
 */
export function readPage(
  client: pg.ClientBase,
  sql: string,
  maxRows: number,
  maxBytes: number,
  firstBatchRows = 1,
): Promise<Page> {
  return limitBytes(client, maxBytes, async (meter) => {
    const cursor = client.query(new RowCursor(sql, [], { rowMode: 'array', types: cellTypes as never }));
    const rows: Cell[][] = [];
    let fields: pg.FieldDef[] = [];
    let isComplete = false;
    while (!isComplete && rows.length <= maxRows && meter.receivedBytes() < maxBytes) {
      const want = Math.min(
        maxRows + 1 - rows.length,
        sizeBatch(rows.length, meter, maxBytes) || firstBatchRows,
      );
      const batch = await readBatch(cursor, want);
      fields = batch.fields;
      rows.push(...batch.rows);
      isComplete = batch.rows.length < want;
      meter.allow(maxBytes * 2);
    }
    await cursor.close();
    return { fields, rows: rows.slice(0, maxRows), truncated: !isComplete || rows.length > maxRows };
  });
}

/** 0 at first, when nothing is known, then more and more, as many as should fit into what is left. */
function sizeBatch(rowCount: number, meter: ByteMeter, maxBytes: number): number {
  if (rowCount === 0) return 0;
  const received = meter.receivedBytes();
  const fitting = Math.floor((maxBytes - received) / Math.max(1, received / rowCount));
  return Math.min(maxBatchRows, rowCount * growth, Math.max(1, fitting));
}

function readBatch(cursor: RowCursor, count: number): Promise<{ rows: Cell[][]; fields: pg.FieldDef[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(count, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ rows, fields: result.fields });
    });
  });
}
