import type { SchemaView, TableView } from '../../sql/sketch/schema-view.ts';
import { parseStatements, type AstNode, type AstValue } from '../../sql/parse.ts';

/** What a statement reads, by the view's words. */
export interface NeededNames {
  tables: string[];
  /** `table.column`, those of join conditions left out: keys follow from the tables. */
  columns: string[];
}

/**
 * The tables and columns that a statement reads. A column without its table's name is that of each table of the
 * statement that has one so called; scopes of sub-queries are not told apart. @throws AppError SQL_SYNTAX
 */
export async function readNeededNames(view: SchemaView, sql: string): Promise<NeededNames> {
  const nodes: AstNode[] = [];
  for (const { node } of await parseStatements(sql)) collectNodes(node, nodes);
  const tableOf = new Map<string, TableView>();
  const tables = new Set<TableView>();
  for (const { RangeVar } of nodes) {
    const table = isNode(RangeVar) ? findTable(view, String(RangeVar['relname'])) : undefined;
    if (!isNode(RangeVar) || !table) continue;
    tables.add(table);
    const alias = RangeVar['alias'];
    tableOf.set(isNode(alias) ? String(alias['aliasname']) : table.table.name, table);
  }
  const columns = nodes.flatMap(({ ColumnRef }) => {
    const names = isNode(ColumnRef) ? namesOf(ColumnRef) : [];
    const owner = names.length > 1 ? tableOf.get(names[0] ?? '') : undefined;
    return (owner ? [owner] : [...tables]).flatMap((table) => {
      const column = table.columns.find((each) => each.column.name === names.at(-1));
      return column ? [`${table.word}.${column.word}`] : [];
    });
  });
  return { tables: [...tables].map(({ word }) => word), columns: [...new Set(columns)] };
}

const isNode = (value: AstValue | undefined): value is AstNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every node of a tree, what stands in `ON` left out. */
function collectNodes(value: AstValue | undefined, into: AstNode[]): void {
  if (Array.isArray(value)) return value.forEach((each) => collectNodes(each, into));
  if (!isNode(value)) return;
  into.push(value);
  for (const [key, child] of Object.entries(value)) {
    const join = key === 'JoinExpr' && isNode(child) ? { ...child, quals: null } : child;
    collectNodes(join, into);
  }
}

function findTable(view: SchemaView, name: string): TableView | undefined {
  return view.tables.find(({ table }) => table.name === name);
}

function namesOf(reference: AstNode): string[] {
  const fields = reference['fields'];
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field) => {
    const text = isNode(field) ? field['String'] : undefined;
    return isNode(text) ? [String(text['sval'])] : [];
  });
}
