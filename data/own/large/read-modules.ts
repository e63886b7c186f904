import { readFileSync } from 'node:fs';
import type { Column, ForeignKey, Table } from '../../../core/contract/schema.ts';
import { typeOf } from './types.ts';

interface ColumnDraft {
  name: string;
  isKey: boolean;
  target: string | undefined;
  comment: string | undefined;
}

interface TableDraft {
  name: string;
  comment: string;
  columns: ColumnDraft[];
}

/** The tables of `modules.txt`, without their copies. @throws RangeError where a line or a foreign key is wrong. */
export function readModules(): Table[] {
  const drafts = readFileSync(new URL('modules.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
  const byName = new Map(drafts.map((draft) => [draft.name, draft]));
  if (byName.size !== drafts.length) throw new RangeError('A table stands twice in modules.txt.');
  return drafts.map((draft) => toTable(draft, byName));
}

function parseLine(line: string): TableDraft {
  const [name, comment, columns] = line.split('|').map((part) => part.trim());
  if (!name || comment === undefined || !columns) throw new RangeError(`modules.txt: "${line}"`);
  // A comma inside of a comment is followed by a space too: split where a name and not a comment goes on.
  return {
    name,
    comment,
    columns: columns.split(/, (?=[a-z_]+[*> ,]?[^"]*(?:"[^"]*"[^"]*)*$)/).map(parseColumn),
  };
}

function parseColumn(text: string): ColumnDraft {
  const match = /^([a-z_0-9]+)(\*?)(?:>([a-z_]+))?(?: "([^"]+)")?$/.exec(text);
  if (!match?.[1]) throw new RangeError(`modules.txt: column "${text}"`);
  return { name: match[1], isKey: match[2] === '*', target: match[3], comment: match[4] };
}

function toTable(draft: TableDraft, byName: Map<string, TableDraft>): Table {
  const primaryKey = draft.columns.filter((column) => column.isKey).map(({ name }) => name);
  return {
    namespace: 'public',
    name: draft.name,
    kind: 'table',
    ...(draft.comment === '' ? {} : { comment: draft.comment }),
    columns: draft.columns.map((column) => toColumn(column, byName)),
    primaryKey,
    foreignKeys: draft.columns.flatMap((column) => toForeignKey(column, byName)),
  };
}

function toColumn(column: ColumnDraft, byName: Map<string, TableDraft>): Column {
  const { name, comment, isKey } = column;
  return {
    name,
    type: typeOfColumn(column, byName),
    nullable: !isKey,
    ...(comment === undefined ? {} : { comment }),
  };
}

/** A foreign key has its target's type, however it is called. */
function typeOfColumn({ name, target }: ColumnDraft, byName: Map<string, TableDraft>): string {
  if (target === undefined) return typeOf(name);
  const key = keyOf(target, byName);
  return key.target === target ? typeOf(key.name) : typeOfColumn(key, byName);
}

function toForeignKey({ name, target }: ColumnDraft, byName: Map<string, TableDraft>): ForeignKey[] {
  if (target === undefined) return [];
  const targetColumns = [keyOf(target, byName).name];
  return [{ columns: [name], targetNamespace: 'public', targetTable: target, targetColumns }];
}

function keyOf(table: string, byName: Map<string, TableDraft>): ColumnDraft {
  const keys = byName.get(table)?.columns.filter((column) => column.isKey) ?? [];
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    throw new RangeError(`modules.txt: ${table} has no key of one column.`);
  return key;
}
