import { deparse } from 'pgsql-deparser';
import { haveSameTree } from '../../sql/format.ts';
import { parseStatements, type AstNode, type AstValue } from '../../sql/index.ts';

/**
 * A query with the outputs of each SELECT that has an ORDER BY appended to it: rows that tie there then come in one
 * order, or in the opposite one. Undefined where nothing is ordered, and where it cannot be printed faithfully.
 * @param outputs columns of the whole query
 */
export async function breakTies(
  sql: string,
  outputs: number,
  direction: 'ascending' | 'descending',
): Promise<string | undefined> {
  const [statement] = await parseStatements(sql);
  if (statement === undefined || !(await canPrint(statement.node))) return undefined;
  const { node } = statement;
  const selects = listSelects(node).filter((select) => listOf(select, 'sortClause').length > 0);
  const top = node['SelectStmt'];
  for (const select of selects) {
    const count = select === top ? outputs : countOutputs(select);
    const sorts = Array.from({ length: count ?? 0 }, (_, index) => sortByOutput(index + 1, direction));
    select['sortClause'] = [...listOf(select, 'sortClause'), ...sorts];
  }
  return selects.length === 0 ? undefined : deparse(node as unknown as Parameters<typeof deparse>[0]);
}

/** Printers have changed meanings before: what is printed must read as the same tree. */
async function canPrint(node: AstNode): Promise<boolean> {
  // With its ties broken, WITH TIES would mean another thing.
  if (JSON.stringify(node).includes('"LIMIT_OPTION_WITH_TIES"')) return false;
  try {
    const printed = await deparse(node as unknown as Parameters<typeof deparse>[0]);
    return haveSameTree(node, (await parseStatements(printed))[0]?.node);
  } catch {
    return false;
  }
}

/** Whether the rows of a query may hang on the order in which PostgreSQL meets its rows, ties in an ORDER BY apart. */
export async function mayBeArbitrary(sql: string): Promise<boolean> {
  const [statement] = await parseStatements(sql);
  if (statement === undefined) return false;
  const text = JSON.stringify(statement.node);
  if (/"over":|"sval":"(array_agg|string_agg|any_value|json\w*_agg|xmlagg)"/.test(text)) return true;
  return listSelects(statement.node).some((select) => {
    const isCut = select['limitCount'] !== undefined || select['limitOffset'] !== undefined;
    const isPicked = listOf(select, 'distinctClause').some(
      (each) => Object.keys(asNode(each) ?? {}).length > 0,
    );
    const isSorted = listOf(select, 'sortClause').length > 0;
    const isBroken =
      isSorted && (select === statement.node['SelectStmt'] || countOutputs(select) !== undefined);
    return (isCut || isPicked) && !isBroken;
  });
}

/** Every SELECT in a tree; the sides of set operations stand there without a tag. */
function listSelects(value: AstValue, key = ''): AstNode[] {
  if (Array.isArray(value)) return value.flatMap((each) => listSelects(each));
  const node = asNode(value);
  if (node === undefined) return [];
  const isSelect = key === 'SelectStmt' || ((key === 'larg' || key === 'rarg') && 'limitOption' in node);
  const inner = Object.entries(node).flatMap(([name, each]) => listSelects(each, name));
  return isSelect ? [node, ...inner] : inner;
}

/** Undefined where a star hides how many there are. */
function countOutputs(select: AstNode): number | undefined {
  const left = asNode(select['larg'] ?? null);
  if (left !== undefined) return countOutputs(asNode(left['SelectStmt'] ?? null) ?? left);
  const targets = listOf(select, 'targetList');
  return targets.some((target) => JSON.stringify(target).includes('"A_Star"')) ? undefined : targets.length;
}

function sortByOutput(place: number, direction: 'ascending' | 'descending'): AstNode {
  return {
    SortBy: {
      node: { A_Const: { ival: { ival: place } } },
      sortby_dir: direction === 'ascending' ? 'SORTBY_ASC' : 'SORTBY_DESC',
      sortby_nulls: 'SORTBY_NULLS_DEFAULT',
    },
  };
}

function listOf(node: AstNode, key: string): AstValue[] {
  const value = node[key];
  return Array.isArray(value) ? value : [];
}

function asNode(value: AstValue): AstNode | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
