/**
 * The components of a query, read off PostgreSQL's parse tree in the way in which Spider's evaluation reads them off
 * its own parser's (`evaluation.py` of taoyds/spider): names resolved through aliases, casts and collations passed over.
 */
import type { Node, SelectStmt } from 'libpg-query';
import { AppError } from '../../contract/index.ts';
import { parseStatements } from '../../sql/index.ts';
import type { Expression, Ordering, QueryParts } from './query-parts.ts';
import { constantText, readConditions, readExpression, type ReadSelect } from './read-expression.ts';
import { openScope, type NameFacts, type Scope } from './scope.ts';

/** @throws AppError SQL_SYNTAX where the text is not one SELECT */
export async function readQuery(sql: string, names: NameFacts): Promise<QueryParts> {
  const [statement, ...others] = await parseStatements(sql);
  const node = statement?.node as Node | undefined;
  if (node === undefined || others.length > 0 || !('SelectStmt' in node)) {
    throw new AppError('SQL_SYNTAX', 'The text is not one SELECT.', { details: { sql } });
  }
  return readSelectIn(node.SelectStmt, openScope(names));
}

const readSelectIn: ReadSelect = (select, outer) => {
  if (select.op === undefined || select.op === 'SETOP_NONE') return readPlain(select, outer);
  const [left, right] = [select.larg, select.rarg].map((side) => readSelectIn(side ?? {}, outer));
  if (left === undefined || right === undefined) return readPlain(select, outer);
  const operator = select.op.replace('SETOP_', '').toLowerCase() + (select.all ? ' all' : '');
  // What comes after a set operation orders and cuts the whole.
  const { order, limit } = readTail(select, openScope(outer.names), left.select);
  const tail = { order: order.map((each) => nameOutput(each, left.select)), limit };
  return appendSet({ ...left, ...(order.length > 0 || limit !== undefined ? tail : {}) }, operator, right);
};

/** Outside of the SELECTs a name can only be an output's. */
function nameOutput(key: Ordering, outputs: readonly Expression[]): Ordering {
  const output = outputs.find(({ text }) => text.endsWith(key.text));
  return key.text.startsWith('.') && output !== undefined ? { ...output, direction: key.direction } : key;
}

/** `a UNION b EXCEPT c` is a chain. */
function appendSet(left: QueryParts, operator: string, right: QueryParts): QueryParts {
  if (left.set === undefined) return { ...left, set: { operator, right } };
  return { ...left, set: { ...left.set, right: appendSet(left.set.right, operator, right) } };
}

function readPlain(select: SelectStmt, outer: Scope): QueryParts {
  const scope = openScope(outer.names, outer);
  const withs = select.withClause?.ctes ?? [];
  const sources = withs.flatMap((cte) =>
    'CommonTableExpr' in cte ? selectsIn(cte.CommonTableExpr.ctequery, outer) : [],
  );
  const from = readSources(select.fromClause ?? [], scope);
  const targets = (select.targetList ?? []).map((target) => readTarget(target, scope));
  const where = readConditions(select.whereClause, scope, readSelectIn);
  return {
    tables: from.tables,
    joins: from.joins,
    outerJoins: from.outerJoins,
    isDistinct: (select.distinctClause ?? []).length > 0,
    select: targets,
    where: where.conditions,
    connectors: where.connectors,
    group: (select.groupClause ?? []).map((node) => readGroup(node, scope, targets)),
    having: readConditions(select.havingClause, scope, readSelectIn).conditions,
    ...readTail(select, scope, targets),
    set: undefined,
    sources: [...sources, ...from.sources],
  };
}

function selectsIn(node: Node | undefined, scope: Scope): QueryParts[] {
  return node !== undefined && 'SelectStmt' in node ? [readSelectIn(node.SelectStmt, scope)] : [];
}

type Sources = Pick<QueryParts, 'tables' | 'joins' | 'outerJoins' | 'sources'>;

function readSources(nodes: readonly Node[], scope: Scope): Sources {
  const found: Sources = { tables: [], joins: [], outerJoins: 0, sources: [] };
  const conditions: Node[] = [];
  const visit = (node: Node | undefined): void => {
    if (node === undefined) return;
    if ('RangeVar' in node) {
      const table = (node.RangeVar.relname ?? '').toLowerCase();
      found.tables.push(table);
      scope.tables.set((node.RangeVar.alias?.aliasname ?? table).toLowerCase(), table);
    } else if ('RangeSubselect' in node) {
      found.tables.push('()');
      found.sources.push(...selectsIn(node.RangeSubselect.subquery, scope));
      scope.tables.set((node.RangeSubselect.alias?.aliasname ?? '()').toLowerCase(), '');
    } else if ('JoinExpr' in node) {
      visit(node.JoinExpr.larg);
      visit(node.JoinExpr.rarg);
      found.outerJoins += Number(/LEFT|RIGHT|FULL/.test(node.JoinExpr.jointype ?? ''));
      if (node.JoinExpr.quals !== undefined) conditions.push(node.JoinExpr.quals);
      for (const name of node.JoinExpr.usingClause ?? []) conditions.push({ ColumnRef: { fields: [name] } });
    }
  };
  for (const node of nodes) visit(node);
  found.joins = conditions.flatMap((node) => readConditions(node, scope, readSelectIn).conditions);
  return found;
}

function readTarget(node: Node, scope: Scope): Expression {
  if (!('ResTarget' in node)) return readExpression(node, scope, readSelectIn);
  const expression = readExpression(node.ResTarget.val, scope, readSelectIn);
  const { name } = node.ResTarget;
  if (name !== undefined) scope.outputs.set(name.toLowerCase(), expression);
  return expression;
}

/** What a name or number in GROUP BY or ORDER BY stands for: an output, else what it says. */
function readKey(node: Node | undefined, scope: Scope, targets: readonly Expression[]): Expression {
  if (node !== undefined && 'A_Const' in node) {
    const output = targets[Number(constantText(node.A_Const)) - 1];
    if (output !== undefined) return output;
  }
  return outputNamed(node, scope) ?? readExpression(node, scope, readSelectIn);
}

/** In GROUP BY a table's column comes before an output of its name. */
function readGroup(node: Node, scope: Scope, targets: readonly Expression[]): Expression {
  const read = readExpression(node, scope, readSelectIn);
  return read.columns.some(({ table }) => table !== '') ? read : readKey(node, scope, targets);
}

function outputNamed(node: Node | undefined, scope: Scope): Expression | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const [field, ...more] = node.ColumnRef.fields ?? [];
  if (field === undefined || more.length > 0 || !('String' in field)) return undefined;
  return scope.outputs.get((field.String.sval ?? '').toLowerCase());
}

function readTail(
  select: SelectStmt,
  scope: Scope,
  targets: readonly Expression[],
): Pick<QueryParts, 'order' | 'limit'> {
  const order = (select.sortClause ?? []).flatMap((node): Ordering[] => {
    if (!('SortBy' in node)) return [];
    const direction = node.SortBy.sortby_dir === 'SORTBY_DESC' ? 'desc' : 'asc';
    return [{ ...readKey(node.SortBy.node, scope, targets), direction }];
  });
  const { limitCount } = select;
  if (limitCount === undefined) return { order, limit: undefined };
  return { order, limit: 'A_Const' in limitCount ? constantText(limitCount.A_Const) : 'an expression' };
}
