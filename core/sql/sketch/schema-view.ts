import type { Column, DatabaseSchema, Table } from '../../contract/index.ts';

export type ColumnKind = 'number' | 'text' | 'date' | 'boolean' | 'other';

export interface ColumnView {
  word: string;
  column: Column;
  kind: ColumnKind;
}

export interface TableView {
  word: string;
  table: Table;
  columns: ColumnView[];
  columnByWord: Map<string, ColumnView>;
}

/** One foreign key, seen from both ends, by table words. */
export interface JoinEdge {
  from: string;
  fromColumns: string[];
  to: string;
  toColumns: string[];
  /** Not declared: the names say it, see `inferEdges`. */
  inferred?: true;
}

/** A schema by the words that sketches and prompts use for it. */
export interface SchemaView {
  tables: TableView[];
  tableByWord: Map<string, TableView>;
  edges: JoinEdge[];
  searchPath: string[];
  /** Whether a column's word is used once in the whole schema, so that it says its table too; see pointers.ts. */
  uniqueColumns?: true;
}

const numberTypes = /^(smallint|integer|bigint|numeric|real|double precision|money)\b/;
const textTypes = /^(text|character|"char"|citext|name|uuid)/;
const dateTypes = /^(date|timestamp)/;

/** Kind of a column by its type as format_type prints it; an enum counts as text. */
export function kindOfColumn(column: Column): ColumnKind {
  if (column.enumLabels) return 'text';
  if (column.type.endsWith('[]')) return 'other';
  if (numberTypes.test(column.type)) return 'number';
  if (textTypes.test(column.type)) return 'text';
  if (dateTypes.test(column.type)) return 'date';
  return column.type === 'boolean' ? 'boolean' : 'other';
}

/** Words that the sketch itself uses after a column or a table; a name equal to one gets a mark. */
const reservedWords = new Set(
  'from select distinct where group having order limit and or ( ) , . desc union intersect except'.split(' '),
);

/** A name as one word: lower case, anything but letters, digits and `_` becomes `_`; unique within `taken`. */
export function wordForName(name: string, taken: ReadonlySet<string>): string {
  const plain = name.toLowerCase().replaceAll(/[^\p{L}\p{N}_]+/gu, '_') || '_';
  let word = reservedWords.has(plain) ? `${plain}_` : plain;
  for (let suffix = 2; taken.has(word); suffix++) word = `${plain}_${suffix}`;
  return word;
}

function viewColumns(table: Table): ColumnView[] {
  const taken = new Set<string>();
  return table.columns.map((column) => {
    const word = wordForName(column.name, taken);
    taken.add(word);
    return { word, column, kind: kindOfColumn(column) };
  });
}

const views = new WeakMap<DatabaseSchema, SchemaView>();

/** The same object for the same schema, so that what is made of a view can be kept with it. Nobody changes either. */
export function viewSchema(schema: DatabaseSchema): SchemaView {
  const view = views.get(schema) ?? makeView(schema);
  views.set(schema, view);
  return view;
}

function makeView(schema: DatabaseSchema): SchemaView {
  const taken = new Set<string>();
  const wordByTable = new Map<string, string>();
  const tables = schema.tables.map((table): TableView => {
    const inPath = schema.searchPath.includes(table.namespace);
    const word = wordForName(inPath ? table.name : `${table.namespace}_${table.name}`, taken);
    taken.add(word);
    wordByTable.set(`${table.namespace}.${table.name}`, word);
    const columns = viewColumns(table);
    return { word, table, columns, columnByWord: new Map(columns.map((column) => [column.word, column])) };
  });
  const edges = tables.flatMap((view) =>
    view.table.foreignKeys.flatMap((key): JoinEdge[] => {
      const to = wordByTable.get(`${key.targetNamespace}.${key.targetTable}`);
      return to === undefined
        ? []
        : [{ from: view.word, fromColumns: key.columns, to, toColumns: key.targetColumns }];
    }),
  );
  const tableByWord = new Map(tables.map((view) => [view.word, view]));
  const declared = { tables, tableByWord, edges, searchPath: schema.searchPath };
  return { ...declared, edges: [...edges, ...inferEdges(tables, edges)] };
}

/** Letters and digits of a name: `Singer_ID` and `singerId` are one. */
export const plainName = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Names that are a key in every other table: they say nothing of which one is meant. */
const genericKeys = new Set(['id', 'name', 'code', 'key', 'no', 'number', 'uuid', 'type', 'date']);

/**
 * Joins that nobody declared: a column whose name is that of another table's primary key (`singer_id`), or the other table's
 * name and its key's (`singer` + `id`), of the same kind. Only between tables that no declared key joins.
 */
function inferEdges(tables: readonly TableView[], declared: readonly JoinEdge[]): JoinEdge[] {
  const joined = new Set(declared.flatMap(({ from, to }) => [`${from} ${to}`, `${to} ${from}`]));
  const targets = tablesByReference(tables);
  return tables.flatMap((from) =>
    referredTables(from, targets).flatMap((to): JoinEdge[] => {
      const key = singleKey(to);
      if (from === to || !key || joined.has(`${from.word} ${to.word}`)) return [];
      const column = from.columns.find((candidate) => isReference(candidate, to, key));
      if (!column) return [];
      joined.add(`${from.word} ${to.word}`).add(`${to.word} ${from.word}`);
      const edge = { from: from.word, fromColumns: [column.column.name], to: to.word };
      return [{ ...edge, toColumns: [key.column.name], inferred: true }];
    }),
  );
}

/** What a column may be called that refers to a table → the tables, by their index. */
function tablesByReference(tables: readonly TableView[]): Map<string, Map<number, TableView>> {
  const targets = new Map<string, Map<number, TableView>>();
  tables.forEach((table, index) => {
    const key = singleKey(table);
    if (!key) return;
    const keyName = plainName(key.column.name);
    const owner = plainName(table.table.name);
    for (const name of [keyName, owner + keyName, owner.replace(/s$/, '') + keyName]) {
      targets.set(name, (targets.get(name) ?? new Map<number, TableView>()).set(index, table));
    }
  });
  return targets;
}

/** Tables that a table's columns may refer to, in the schema's order. */
function referredTables(
  { columns }: TableView,
  targets: ReadonlyMap<string, ReadonlyMap<number, TableView>>,
): TableView[] {
  const found = new Map<number, TableView>();
  for (const { column } of columns) {
    const name = plainName(column.name);
    if (genericKeys.has(name)) continue;
    for (const [index, table] of targets.get(name) ?? []) found.set(index, table);
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([, table]) => table);
}

function singleKey({ table, columns }: TableView): ColumnView | undefined {
  const [name] = table.primaryKey;
  return table.primaryKey.length === 1 ? columns.find(({ column }) => column.name === name) : undefined;
}

function isReference({ column, kind }: ColumnView, { table }: TableView, key: ColumnView): boolean {
  if (kind !== key.kind) return false;
  const name = plainName(column.name);
  const keyName = plainName(key.column.name);
  const owner = plainName(table.name);
  if (name === keyName) return !genericKeys.has(keyName);
  return [owner, owner.replace(/s$/, '')].some((prefix) => name === prefix + keyName);
}

function neighboursOf(view: SchemaView, word: string): string[] {
  return view.edges.flatMap((edge) => (edge.from === word ? [edge.to] : edge.to === word ? [edge.from] : []));
}

/** Words of all tables that foreign keys connect with `word`, itself included. */
export function connectedTables(view: SchemaView, word: string): Set<string> {
  const seen = new Set([word]);
  for (const table of seen) for (const next of neighboursOf(view, table)) seen.add(next);
  return seen;
}

/** `table.column` words of every column that foreign keys make equal to this one, itself left out. */
export function joinPartners(view: SchemaView, table: TableView, column: ColumnView): Set<string> {
  const start = `${table.word}.${column.word}`;
  const equal = view.edges.flatMap((edge) =>
    edge.fromColumns.map((name, index) => [
      `${edge.from}.${wordOf(view, edge.from, name)}`,
      `${edge.to}.${wordOf(view, edge.to, edge.toColumns[index] ?? name)}`,
    ]),
  );
  const seen = new Set([start]);
  for (const known of seen) {
    for (const pair of equal) if (pair.includes(known)) for (const other of pair) seen.add(other);
  }
  seen.delete(start);
  return seen;
}

function wordOf(view: SchemaView, table: string, name: string): string {
  return view.tableByWord.get(table)?.columns.find((column) => column.column.name === name)?.word ?? name;
}

export interface JoinStep {
  table: string;
  /** The key that joins it to a table before it; none for the first table and for a CROSS JOIN. */
  edge?: JoinEdge;
}

function shortestPath(view: SchemaView, joined: ReadonlySet<string>, target: string): JoinStep[] | undefined {
  const cameBy = new Map<string, JoinEdge>();
  const queue = [target];
  const seen = new Set(queue);
  for (const table of queue) {
    if (joined.has(table)) return unwind(table, target, cameBy);
    for (const edge of view.edges) {
      const next = edge.from === table ? edge.to : edge.to === table ? edge.from : undefined;
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      cameBy.set(next, edge);
      queue.push(next);
    }
  }
  return undefined;
}

function unwind(start: string, target: string, cameBy: Map<string, JoinEdge>): JoinStep[] {
  const steps: JoinStep[] = [];
  for (let table = start; table !== target;) {
    const edge = cameBy.get(table);
    if (!edge) break;
    table = edge.from === table ? edge.to : edge.from;
    steps.push({ table, edge });
  }
  return steps;
}

/**
 * The joins that connect the given tables along foreign keys: each further table takes the shortest path to
 * those already joined, tables in between included. A table that no key reaches is cross joined.
 */
export function planJoins(view: SchemaView, tables: readonly string[]): JoinStep[] {
  const [first, ...rest] = tables;
  if (first === undefined) return [];
  const steps: JoinStep[] = [{ table: first }];
  const joined = new Set([first]);
  for (const target of rest) {
    if (joined.has(target)) continue;
    const path = shortestPath(view, joined, target) ?? [{ table: target }];
    for (const step of path) joined.add(step.table);
    steps.push(...path);
  }
  return steps;
}
