import pg from 'pg';
import { mostPreviewedRows } from '../../contract/index.ts';
import type { Cell, ChangedRow } from '../../contract/index.ts';
import type { WriteStatement } from '../../sql/index.ts';
import type { WrittenTable } from './describe-table.ts';

export interface PreviewSql {
  sql: string;
  /** Characters before the user's statement. */
  prefixLength: number;
  knowsBefore: boolean;
  /** A row of the answer as what it did to a row of the table. */
  readRow(cells: Cell[]): ChangedRow;
}

const prefix = 'WITH studio_changed AS (';
/** Old and new values can be returned by name since 18. */
const returningBoth = 180_000;

/**
 * The statement inside one that counts and shows the rows it changed. Where RETURNING does not know the values before,
 * they are read beside it, by the primary key: all parts of one statement see the table as it was.
 */
export function buildPreviewSql(write: WriteStatement, table: WrittenTable): PreviewSql {
  const count = table.columns.length;
  const changesOld = write.kind === 'update' || write.updatesToo;
  if (write.kind === 'delete') return one(write, (cells) => ({ change: 'delete', before: cells.slice(1) }));
  if (!changesOld) return one(write, (cells) => ({ change: 'insert', after: cells.slice(1) }));
  const readRow = (cells: Cell[]) => readChange(write, cells.slice(1, count + 1), cells.slice(count + 1));
  if (table.serverVersion >= returningBoth) {
    const returning = 'WITH (OLD AS studio_before, NEW AS studio_after) studio_before.*, studio_after.*';
    return { ...wrap(write, returning, 'studio_changed.*', ''), knowsBefore: true, readRow };
  }
  const isKeyKept = !write.setColumns.some((column) => table.primaryKey.includes(column));
  if (table.primaryKey.length === 0 || !isKeyKept) {
    const change = write.kind;
    return { ...one(write, (cells) => ({ change, after: cells.slice(1) })), knowsBefore: false };
  }
  const keys = table.primaryKey.map(pg.escapeIdentifier);
  const on = keys.map((key) => `studio_before.${key} = studio_changed.${key}`).join(' AND ');
  const join = ` LEFT JOIN ${tablePath(write)} AS studio_before ON ${on}`;
  const shown = `${listColumns('studio_before', table)}, studio_changed.*`;
  return { ...wrap(write, `${refOf(write)}.*`, shown, join), knowsBefore: true, readRow };
}

function one(write: WriteStatement, readRow: (cells: Cell[]) => ChangedRow): PreviewSql {
  return { ...wrap(write, `${refOf(write)}.*`, 'studio_changed.*', ''), knowsBefore: true, readRow };
}

function wrap({ sql }: WriteStatement, returning: string, shown: string, join: string) {
  const end = `RETURNING ${returning}) SELECT count(*) OVER (), ${shown} FROM studio_changed${join} LIMIT ${mostPreviewedRows}`;
  return { sql: prefix + sql + end, prefixLength: prefix.length };
}

function listColumns(alias: string, { columns }: WrittenTable): string {
  return columns.map(({ name }) => `${alias}.${pg.escapeIdentifier(name)}`).join(', ');
}

function refOf({ alias, table }: WriteStatement): string {
  return pg.escapeIdentifier(alias ?? table);
}

function tablePath({ schema, table }: WriteStatement): string {
  return [schema, table].flatMap((part) => (part === undefined ? [] : [pg.escapeIdentifier(part)])).join('.');
}

/** Of an INSERT … ON CONFLICT, a row without a former self was inserted. */
function readChange({ kind }: WriteStatement, before: Cell[], after: Cell[]): ChangedRow {
  const isNew = kind === 'insert' && before.every((cell) => cell === null);
  return isNew ? { change: 'insert', after } : { change: 'update', before, after };
}
