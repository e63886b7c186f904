import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goldRunnerOf } from '../spider/index.ts';
import { answerOnSqlite } from './answers.ts';

let folder: string;
let damaged: DatabaseSync;

/** A real file whose inner pages are overwritten. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-errors-'));
  const file = join(folder, 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE item (name TEXT); INSERT INTO item
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT hex(i) || hex(-i) FROM n`);
  database.close();
  const bytes = readFileSync(file);
  bytes.fill(0x77, 8_192, 40_960);
  writeFileSync(file, bytes);
  damaged = new DatabaseSync(file, { readOnly: true });
});
afterAll(() => {
  damaged.close();
  rmSync(folder, { recursive: true });
});

it('takes what SQLite says against a query as its answer', () => {
  const gold = goldRunnerOf(damaged);
  expect(answerOnSqlite(gold, 'SELECT nope FROM item')).toEqual({ error: 'no such column: nope' });
  const overflow = 'SELECT sum(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)';
  expect(answerOnSqlite(gold, overflow)).toEqual({ error: 'integer overflow' });
});

it('never takes a damaged file, a full disk or a failing one for an answer', () => {
  const read = () => answerOnSqlite(goldRunnerOf(damaged), 'SELECT max(name) FROM item');
  expect(read).toThrow(expect.objectContaining({ code: 'DATASET_CORRUPT' }) as Error);
  const failing = (errcode: number) => () =>
    answerOnSqlite(
      {
        run: () => {
          throw Object.assign(new Error('trouble'), { code: 'ERR_SQLITE_ERROR', errcode });
        },
        columnsOf: () => [],
        close: () => undefined,
      },
      'SELECT 1',
    );
  expect(failing(13)).toThrow(expect.objectContaining({ code: 'DISK_FULL' }) as Error);
  // SQLITE_IOERR_READ, an extended code.
  expect(failing(266)).toThrow(expect.objectContaining({ code: 'DATASET_CORRUPT' }) as Error);
  expect(failing(7), 'out of memory').toThrow('trouble');
});
