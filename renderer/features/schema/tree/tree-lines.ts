import type { Column, DatabaseSchema, Table } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';

/** One visible line of the tree. */
export interface TreeLine {
  /** `namespace`, `namespace.table`, `namespace.table.column`: unique by its level. */
  key: string;
  level: number;
  name: string;
  note: string;
  /** For the tooltip and for screen readers. */
  description: string;
  icon: 'schema' | 'table' | 'view' | 'primary-key' | 'foreign-key' | 'column';
  /** `namespace.table` of a table and of its columns. */
  table?: string;
  /** Absent on columns. */
  expanded?: boolean;
  parentKey?: string;
  /** Place and number among the lines beside it. */
  position: number;
  siblings: number;
}

export interface TreeOptions {
  /** Keys of schemas that are closed, and of tables that are open: the tree begins with all tables in sight. */
  closed: ReadonlySet<string>;
  open: ReadonlySet<string>;
  search: string;
}

export const tableKey = ({ namespace, name }: Pick<Table, 'namespace' | 'name'>): string =>
  `${namespace}.${name}`;

/**
 * Schemas (where there are several), tables, and the columns of open ones. A search shows tables that match by name or
 * comment, and opens those of which only columns match.
 */
export function listLines(schema: DatabaseSchema, { closed, open, search }: TreeOptions): TreeLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = schema.tables.filter(
    (table) =>
      matches(`${tableKey(table)} ${table.comment ?? ''}`) || table.columns.some(({ name }) => matches(name)),
  );
  const groups = [...Map.groupBy(found, ({ namespace }) => namespace)];
  const single = new Set(schema.tables.map(({ namespace }) => namespace)).size === 1;
  return groups.flatMap(([namespace, tables], at) => {
    const lines = tables.flatMap((table, place) =>
      tableLines(table, { matches, open, searching: words.length > 0, level: single ? 1 : 2 }, [
        place + 1,
        tables.length,
      ]),
    );
    if (single) return lines;
    const expanded = words.length > 0 || !closed.has(namespace);
    const line = schemaLine(namespace, tables.length, expanded, [at + 1, groups.length]);
    return expanded ? [line, ...lines] : [line];
  });
}

type Place = [position: number, siblings: number];

function schemaLine(
  namespace: string,
  count: number,
  expanded: boolean,
  [position, siblings]: Place,
): TreeLine {
  return {
    ...{ key: namespace, level: 1, name: namespace, note: copy.explorer.tree.found(count) },
    ...{ description: namespace, icon: 'schema', expanded, position, siblings },
  };
}

interface TableLinesOptions {
  matches(text: string): boolean;
  open: ReadonlySet<string>;
  searching: boolean;
  level: number;
}

function tableLines(
  table: Table,
  { matches, open, searching, level }: TableLinesOptions,
  [position, siblings]: Place,
): TreeLine[] {
  const key = tableKey(table);
  const byColumn = searching && !matches(`${key} ${table.comment ?? ''}`);
  const expanded = open.has(key) || byColumn;
  const columns = byColumn ? table.columns.filter(({ name }) => matches(name)) : table.columns;
  const kind = copy.explorer.tree.kinds[table.kind];
  const line: TreeLine = {
    ...{ key, level, name: table.name, note: table.kind === 'table' ? '' : kind },
    description: [kind, table.comment].filter(Boolean).join(' · '),
    icon: table.kind.includes('view') ? 'view' : 'table',
    ...{ table: key, expanded, position, siblings },
    ...(level > 1 ? { parentKey: table.namespace } : {}),
  };
  if (!expanded) return [line];
  return [
    line,
    ...columns.map((column, at) => columnLine(table, column, level + 1, [at + 1, columns.length])),
  ];
}

function columnLine(table: Table, column: Column, level: number, [position, siblings]: Place): TreeLine {
  const key = tableKey(table);
  const isPrimary = table.primaryKey.includes(column.name);
  const foreign = table.foreignKeys.find(({ columns }) => columns.includes(column.name));
  const words = copy.explorer.table.column;
  return {
    ...{ key: `${key}.${column.name}`, level, name: column.name, note: column.type },
    description: [
      column.type,
      column.nullable ? words.mayBeNull : words.notNull,
      isPrimary ? words.primary : undefined,
      foreign ? words.foreign(foreign.targetTable) : undefined,
      column.comment,
    ]
      .filter(Boolean)
      .join(' · '),
    icon: isPrimary ? 'primary-key' : foreign ? 'foreign-key' : 'column',
    ...{ table: key, parentKey: key, position, siblings },
  };
}

/** The line that typed letters mean: the next whose name begins with them, from after `from`, or from it for more. */
export function findTyped(lines: readonly TreeLine[], typed: string, from: number): number {
  const start = typed.length > 1 ? from : from + 1;
  const order = lines.map((_, at) => (start + at) % lines.length);
  return order.find((at) => lines[at]?.name.toLowerCase().startsWith(typed.toLowerCase())) ?? -1;
}
