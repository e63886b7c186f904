import type { Column, Table } from '../../../core/contract/schema.ts';

type Copy = (table: Table) => Table;

/** What accumulates beside the tables of an old system. */
const copies: Record<string, Copy> = {
  history: (table) => ({
    ...table,
    name: `${table.name}_hist`,
    comment: table.comment === undefined ? undefined : `Earlier versions: ${table.comment}`,
    columns: [
      ...plain(table),
      timestamp('hist_frm_ts', false),
      timestamp('hist_to_ts', true),
      integer('hist_usr_id'),
    ],
    primaryKey: [...table.primaryKey, 'hist_frm_ts'],
    foreignKeys: toOriginal(table),
  }),
  temporary: (table) => loose(table, `${table.name}_tmp`, plain(table)),
  staging: (table) =>
    loose(table, `stg_${table.name}`, [
      ...plain(table).map((column) => ({ ...column, type: 'text' })),
      integer('ld_id'),
      timestamp('ld_ts', true),
    ]),
  audit: (table) => ({
    ...table,
    name: `aud_${table.name}`,
    comment: undefined,
    columns: [
      { ...integer('aud_id'), nullable: false },
      ...plain(table).filter(({ name }) => table.primaryKey.includes(name)),
      timestamp('aud_ts', true),
      { name: 'old_txt', type: 'text', nullable: true },
      { name: 'new_txt', type: 'text', nullable: true },
    ],
    primaryKey: ['aud_id'],
    foreignKeys: [],
  }),
  archive: (table) => ({
    ...table,
    name: `${table.name}_arc`,
    comment: 'Archive, closed years',
    columns: plain(table),
    foreignKeys: [],
  }),
  backup: (table) => loose(table, `${table.name}_bak19`, plain(table)),
};

/** As many copies as asked for, spread over the tables by a hash of their names: the same ones always. */
export function makeCopies(tables: readonly Table[], count: number): Table[] {
  const candidates = tables.flatMap((table) =>
    Object.entries(copies).map(([kind, copy]) => ({
      order: hash(`${kind} ${table.name}`),
      copy: () => copy(table),
    })),
  );
  candidates.sort((a, b) => a.order - b.order);
  return candidates.slice(0, count).map(({ copy }) => copy());
}

/** Columns without their comments. */
function plain(table: Table): Column[] {
  return table.columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
}

/** A copy without any constraint. */
function loose(table: Table, name: string, columns: Column[]): Table {
  const nullable = columns.map((column) => ({ ...column, nullable: true }));
  return { ...table, name, comment: undefined, columns: nullable, primaryKey: [], foreignKeys: [] };
}

function toOriginal(table: Table): Table['foreignKeys'] {
  const { namespace, name, primaryKey } = table;
  return [{ columns: primaryKey, targetNamespace: namespace, targetTable: name, targetColumns: primaryKey }];
}

function timestamp(name: string, nullable: boolean): Column {
  return { name, type: 'timestamp without time zone', nullable };
}

function integer(name: string): Column {
  return { name, type: 'integer', nullable: true };
}

/** FNV-1a, 32 bits, stirred, so that names that differ in their last letters lie far apart. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
}
