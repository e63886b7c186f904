import type {
  Column,
  DatabaseSchema,
  JoinPath,
  Table,
  TableSummary,
} from '../../../../core/contract/index.ts';
import { tableKey } from '../tree/tree-lines.ts';

/** How much of a table is drawn. */
export type Detail = 'names' | 'keys' | 'columns';
/** How many foreign keys away from the table in focus; `all`: whatever it reaches. */
export type Distance = '0' | '1' | '2' | '3' | 'all';

export interface GraphEdge {
  id: string;
  /** The referring table, `namespace.table`. */
  from: string;
  to: string;
  columns: string[];
  targetColumns: string[];
  /** Whether several rows may refer to one: the columns are not unique. */
  many: boolean;
  /** Whether a row may refer to none. */
  optional: boolean;
  /** A join of a statement that follows no foreign key. */
  isJoin?: true;
}

export interface Graph {
  tables: ReadonlyMap<string, Table>;
  edges: GraphEdge[];
  neighbours: ReadonlyMap<string, ReadonlySet<string>>;
}

export function buildGraph(schema: DatabaseSchema, summaries: readonly TableSummary[] = []): Graph {
  const tables = new Map(schema.tables.map((table) => [tableKey(table), table]));
  const keysOf = new Map(summaries.map((one) => [`${one.namespace}.${one.table}`, one.uniqueKeys]));
  const edges = schema.tables.flatMap((table) => edgesOf(table, keysOf.get(tableKey(table)) ?? []));
  return {
    tables,
    edges: edges.filter(({ to }) => tables.has(to)),
    neighbours: findNeighbours(tables.keys(), edges),
  };
}

function edgesOf(table: Table, uniqueKeys: string[][]): GraphEdge[] {
  const from = tableKey(table);
  const keys = [table.primaryKey, ...uniqueKeys].filter((key) => key.length > 0);
  return table.foreignKeys.map(({ columns, targetNamespace, targetTable, targetColumns }) => ({
    id: `${from}(${columns.join()})→${targetNamespace}.${targetTable}`,
    ...{ from, to: `${targetNamespace}.${targetTable}`, columns, targetColumns },
    many: !keys.some((key) => key.every((column) => columns.includes(column))),
    optional: columns.some((name) => table.columns.find((column) => column.name === name)?.nullable),
  }));
}

function findNeighbours(keys: Iterable<string>, edges: GraphEdge[]): Map<string, Set<string>> {
  const neighbours = new Map([...keys].map((key) => [key, new Set<string>()]));
  for (const { from, to } of edges) {
    neighbours.get(from)?.add(to);
    neighbours.get(to)?.add(from);
  }
  return neighbours;
}

/** The tables at most so many foreign keys away from any of the starts. */
export function reach({ neighbours }: Graph, starts: readonly string[], distance: Distance): Set<string> {
  const found = new Set(starts.filter((key) => neighbours.has(key)));
  let frontier = [...found];
  const steps = distance === 'all' ? Infinity : Number(distance);
  for (let step = 0; step < steps && frontier.length > 0; step += 1) {
    frontier = frontier.flatMap((key) => [...(neighbours.get(key) ?? [])]).filter((key) => !found.has(key));
    for (const key of frontier) found.add(key);
  }
  return found;
}

export const headHeightPx = 32;
export const rowHeightPx = 20;
/** More columns than this are counted, not listed. */
export const shownColumns = 30;
const charPx = 6.9;

/** The columns that are drawn, in the table's order. */
export function drawnColumns(table: Table, detail: Detail): Column[] {
  if (detail === 'names') return [];
  if (detail === 'columns') return table.columns.slice(0, shownColumns);
  return table.columns.filter((column) => isKey(table, column.name));
}

export function isKey({ primaryKey, foreignKeys }: Table, name: string): boolean {
  return primaryKey.includes(name) || foreignKeys.some(({ columns }) => columns.includes(name));
}

/** In pixels of the unzoomed diagram. Estimated by the letters, so that nothing must be drawn to lay it out. */
export function sizeOf(table: Table, detail: Detail): { width: number; height: number } {
  const columns = drawnColumns(table, detail);
  const letters = Math.max(
    table.name.length + 3,
    ...columns.map(({ name, type }) => name.length + (detail === 'columns' ? type.length + 6 : 4)),
  );
  const hidden = detail === 'columns' && table.columns.length > columns.length ? 1 : 0;
  return {
    width: Math.round(Math.min(320, Math.max(120, letters * charPx + 24))),
    height: headHeightPx + (columns.length + hidden) * rowHeightPx + (columns.length > 0 ? 6 : 0),
  };
}

/** What of a statement is drawn: its tables, the foreign keys it follows, and joins along none. */
export interface LitPath {
  tables: ReadonlySet<string>;
  /** Edges by id: whether the join fans out. */
  edges: ReadonlyMap<string, boolean>;
  added: GraphEdge[];
}

export function lightPath({ edges }: Graph, { tables, joins }: JoinPath): LitPath {
  const lit = new Map<string, boolean>();
  const added: GraphEdge[] = [];
  for (const { left, right, multiplies, cardinality } of joins) {
    if (!left.table || !right.table) continue;
    const [from, to] = [left.table, right.table].map(({ namespace, table }) => `${namespace}.${table}`);
    if (from === undefined || to === undefined) continue;
    const sides = { from, to, columns: left.columns, targetColumns: right.columns };
    const found = edges.find((edge) => isSame(edge, sides) || isSame(edge, mirrored(sides)));
    const id = found?.id ?? `join:${from}(${left.columns.join()})→${to}(${right.columns.join()})`;
    if (!found && !lit.has(id)) {
      const many = cardinality === 'n:1' || cardinality === 'n:m' || cardinality === 'unknown';
      added.push({ id, ...sides, many, optional: false, isJoin: true });
    }
    lit.set(id, (lit.get(id) ?? false) || multiplies);
  }
  return {
    tables: new Set(tables.map(({ namespace, table }) => `${namespace}.${table}`)),
    edges: lit,
    added,
  };
}

type Sides = Pick<GraphEdge, 'from' | 'to' | 'columns' | 'targetColumns'>;

function mirrored({ from, to, columns, targetColumns }: Sides): Sides {
  return { from: to, to: from, columns: targetColumns, targetColumns: columns };
}

/** Whether a join has all columns of a foreign key, in whatever order. */
function isSame(edge: GraphEdge, sides: Sides): boolean {
  return (
    edge.from === sides.from &&
    edge.to === sides.to &&
    edge.columns.every((column, at) =>
      sides.columns.some(
        (one, place) => one === column && sides.targetColumns[place] === edge.targetColumns[at],
      ),
    )
  );
}
