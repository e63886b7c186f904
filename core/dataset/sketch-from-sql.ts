/**
 * PostgreSQL → sketch, for training on pairs whose gold is SQL. Covers what a sketch can say; the rest gets
 * no sketch and a reason. Reads the parse tree of PostgreSQL's own parser.
 */
import { parseStatements, type AstNode, type AstValue } from '../sql/index.ts';
import {
  aggregateNames,
  arithmeticOperators,
  comparisonOperators,
  emptyCore,
  planJoins,
  type Aggregate,
  type AggregateName,
  type ArithmeticOperator,
  type ColumnRef,
  type Core,
  type Literal,
  type Operand,
  type Predicate,
  type PredicateOperator,
  type SchemaView,
  type SetOperator,
  type Sketch,
  type TableView,
} from '../sql/sketch/index.ts';

/** Thrown for what a sketch cannot say; the message is the reason that reports count and users read. */
export class NoSketchError extends Error {
  override readonly name = 'NoSketchError';

  constructor(reason: string) {
    super(`no short form for its SQL: ${reason}`);
  }
}

function refuse(reason: string): never {
  throw new NoSketchError(reason);
}

interface Scope {
  view: SchemaView;
  /** Alias or name → table, in order. */
  tables: Map<string, TableView>;
}

const isNode = (value: AstValue | undefined): value is AstNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function child(node: AstNode, key: string): AstNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

function list(node: AstNode, key: string): AstNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** `{ Tag: fields }` → its tag and fields. */
function open(node: AstNode | undefined): { tag: string; fields: AstNode } {
  const [entry] = Object.entries(node ?? {});
  return entry && isNode(entry[1]) ? { tag: entry[0], fields: entry[1] } : { tag: '', fields: {} };
}

function names(node: AstNode, key: string): string[] {
  return list(node, key).map((item) => String(open(item).fields['sval'] ?? ''));
}

function readColumn(scope: Scope, fields: AstNode): ColumnRef {
  const parts = names(fields, 'fields');
  const column = parts.at(-1) ?? '';
  const qualifier = parts.at(-2);
  const tables = qualifier === undefined ? [...scope.tables.values()] : [scope.tables.get(qualifier)];
  for (const table of tables) {
    const found = table?.columns.find((candidate) => candidate.column.name === column);
    if (table && found) return { kind: 'column', table: table.word, column: found.word };
  }
  // `*` has no name among its fields.
  if (column === '' && qualifier === undefined) return refuse('select * in an expression');
  return refuse('column out of scope');
}

function readAggregate(scope: Scope, fields: AstNode): Operand {
  const name = names(fields, 'funcname').at(-1) ?? '';
  const [argument] = list(fields, 'args');
  if (name === 'any_value' && argument) return readOperand(scope, argument);
  if (name === 'extract') return readDatePart(scope, argument, list(fields, 'args')[1]);
  if (!(aggregateNames as readonly string[]).includes(name)) refuse(`function ${name}`);
  const aggregate: Omit<Aggregate, 'argument'> = {
    kind: 'aggregate',
    name: name as AggregateName,
    distinct: fields['agg_distinct'] === true,
  };
  if (fields['agg_star'] === true) return { ...aggregate, argument: { kind: 'star' } };
  const operand = readOperand(scope, argument);
  if (operand.kind !== 'column' && operand.kind !== 'arithmetic') refuse('aggregate of an expression');
  return { ...aggregate, argument: operand };
}

/** EXTRACT(YEAR FROM column), which the parser hands on as extract('year', column). */
function readDatePart(scope: Scope, unit: AstNode | undefined, node: AstNode | undefined): Operand {
  const part = String(readLiteral(unit)?.value).toLowerCase();
  const column = readOperand(scope, node);
  if ((part !== 'year' && part !== 'month') || column.kind !== 'column') return refuse(`extract ${part}`);
  return { kind: 'date-part', name: part, column };
}

function readArithmetic(scope: Scope, fields: AstNode): Operand {
  const [operator = ''] = names(fields, 'name');
  const left = readOperand(scope, child(fields, 'lexpr'));
  const right = readOperand(scope, child(fields, 'rexpr'));
  const fits = (arithmeticOperators as readonly string[]).includes(operator);
  if (!fits || left.kind !== 'column' || right.kind !== 'column') refuse('expression');
  return { kind: 'arithmetic', left, operator: operator as ArithmeticOperator, right };
}

function readOperand(scope: Scope, node: AstNode | undefined): Operand {
  const { tag, fields } = open(node);
  if (tag === 'ColumnRef') return readColumn(scope, fields);
  if (tag === 'FuncCall') return readAggregate(scope, fields);
  if (tag === 'A_Expr') return readArithmetic(scope, fields);
  if (tag === 'TypeCast') return readOperand(scope, child(fields, 'arg'));
  return refuse(`expression ${tag}`);
}

function readLiteral(node: AstNode | undefined): Literal | undefined {
  const { tag, fields } = open(node);
  if (tag === 'TypeCast') return readLiteral(child(fields, 'arg'));
  if (tag !== 'A_Const') return undefined;
  if (isNode(fields['sval'])) return { kind: 'text', value: String(fields['sval']['sval'] ?? '') };
  if (isNode(fields['ival'])) return { kind: 'number', value: String(fields['ival']['ival'] ?? 0) };
  if (isNode(fields['fval'])) return { kind: 'number', value: String(fields['fval']['fval'] ?? 0) };
  if (isNode(fields['boolval'])) return { kind: 'boolean', value: fields['boolval']['boolval'] === true };
  return undefined;
}

/** `%x%`, `x%`, `%x` are what the sketch's text operators say. */
function readPattern(literal: Literal, negated: boolean): { operator: PredicateOperator; literal: Literal } {
  const text = String(literal.value);
  const match = /^(%?)([^%_]+)(%?)$/.exec(text);
  if (!match) return refuse('LIKE pattern');
  const [, before, inner = '', after] = match;
  const operator =
    before && after ? (negated ? 'lacks' : 'contains') : after ? 'starts' : before ? 'ends' : '=';
  if (negated && operator !== 'lacks') refuse('LIKE pattern');
  return { operator, literal: { kind: 'text', value: inner.trim() } };
}

function readComparison(scope: Scope, fields: AstNode): Predicate {
  const kind = String(fields['kind']);
  const [symbol = ''] = names(fields, 'name');
  const left = readOperand(scope, child(fields, 'lexpr'));
  const right = child(fields, 'rexpr');
  const base = { left, literals: [], connector: 'and' } as const;
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') {
    const literal = readLiteral(right) ?? refuse('LIKE over an expression');
    const pattern = readPattern(literal, symbol.startsWith('!'));
    return { ...base, operator: pattern.operator, literals: [pattern.literal] };
  }
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_IN') {
    const items = list(open(right).fields, 'items').map(
      (item) => readLiteral(item) ?? refuse('list of expressions'),
    );
    const operator = kind === 'AEXPR_BETWEEN' ? 'between' : symbol === '<>' ? 'not-in' : 'in';
    return { ...base, operator, literals: items };
  }
  const operator = symbol === '<>' ? '!=' : symbol;
  if (kind !== 'AEXPR_OP' || !(comparisonOperators as readonly string[]).includes(operator))
    refuse(`operator ${symbol}`);
  return { ...base, operator: operator as PredicateOperator, ...readRight(scope, right) };
}

function readRight(scope: Scope, node: AstNode | undefined): Pick<Predicate, 'literals' | 'subquery'> {
  const literal = readLiteral(node);
  if (literal) return { literals: [literal] };
  const { tag, fields } = open(node);
  if (tag === 'SubLink' && fields['subLinkType'] === 'EXPR_SUBLINK') {
    return { literals: [], subquery: readCore(scope.view, open(child(fields, 'subselect')).fields) };
  }
  return refuse('comparison of columns');
}

function readSublink(scope: Scope, fields: AstNode, negated: boolean): Predicate {
  if (fields['subLinkType'] !== 'ANY_SUBLINK') refuse(String(fields['subLinkType']));
  const left = readOperand(scope, child(fields, 'testexpr'));
  const subquery = readCore(scope.view, open(child(fields, 'subselect')).fields);
  return { left, operator: negated ? 'not-in' : 'in', literals: [], subquery, connector: 'and' };
}

function readPredicates(scope: Scope, node: AstNode | undefined): Predicate[] {
  if (!node) return [];
  const { tag, fields } = open(node);
  switch (tag) {
    case 'A_Expr':
      return [readComparison(scope, fields)];
    case 'SubLink':
      return [readSublink(scope, fields, false)];
    case 'NullTest': {
      const operator = fields['nulltesttype'] === 'IS_NULL' ? 'is-null' : 'not-null';
      return [{ left: readOperand(scope, child(fields, 'arg')), operator, literals: [], connector: 'and' }];
    }
    case 'BoolExpr':
      return readBoolean(scope, fields);
    default:
      return refuse(`condition ${tag}`);
  }
}

function readBoolean(scope: Scope, fields: AstNode): Predicate[] {
  const args = list(fields, 'args');
  if (fields['boolop'] === 'NOT_EXPR') {
    const { tag, fields: inner } = open(args[0]);
    return tag === 'SubLink' ? [readSublink(scope, inner, true)] : refuse('NOT');
  }
  const connector = fields['boolop'] === 'AND_EXPR' ? 'and' : 'or';
  const groups = args.map((argument) => readPredicates(scope, argument));
  // A sketch has no parentheses: an OR under an AND would bind otherwise.
  const hasOr = groups.some((group) => group.some((predicate) => predicate.connector === 'or'));
  if (connector === 'and' && hasOr) refuse('OR under AND');
  return groups.flatMap((group, index) =>
    group.map((predicate, inner) => (index > 0 && inner === 0 ? { ...predicate, connector } : predicate)),
  );
}

function addTable(scope: Scope, fields: AstNode): void {
  const name = String(fields['relname']);
  const alias = child(fields, 'alias')?.['aliasname'];
  const table = scope.view.tables.find((candidate) => candidate.table.name === name);
  if (!table) refuse('unknown table');
  if ([...scope.tables.values()].includes(table)) refuse('self join');
  scope.tables.set(typeof alias === 'string' ? alias : name, table);
}

/** Joins are said by keys alone, so each condition has to be one. */
function checkJoin(scope: Scope, node: AstNode | undefined): void {
  const { tag, fields } = open(node);
  const isEquality = tag === 'A_Expr' && names(fields, 'name')[0] === '=';
  if (!isEquality) refuse('join condition');
  const left = readOperand(scope, child(fields, 'lexpr'));
  const right = readOperand(scope, child(fields, 'rexpr'));
  if (left.kind !== 'column' || right.kind !== 'column') refuse('join condition');
  const nameOf = (ref: ColumnRef) =>
    scope.view.tableByWord.get(ref.table)?.columnByWord.get(ref.column)?.column.name;
  const matches = (from: ColumnRef, to: ColumnRef) =>
    scope.view.edges.find((edge) => edge.from === from.table && edge.to === to.table)?.fromColumns[0] ===
    nameOf(from);
  if (!matches(left, right) && !matches(right, left)) refuse('join outside keys');
}

function readFrom(scope: Scope, node: AstNode): void {
  const { tag, fields } = open(node);
  if (tag === 'RangeVar') return addTable(scope, fields);
  if (tag !== 'JoinExpr' || fields['jointype'] !== 'JOIN_INNER') refuse('FROM');
  readFrom(scope, child(fields, 'larg') ?? {});
  readFrom(scope, child(fields, 'rarg') ?? {});
  checkJoin(scope, child(fields, 'quals'));
}

function readScope(view: SchemaView, select: AstNode): Scope {
  const scope: Scope = { view, tables: new Map() };
  const from = list(select, 'fromClause');
  if (from.length !== 1) refuse('FROM');
  for (const item of from) readFrom(scope, item);
  const words = [...scope.tables.values()].map((table) => table.word);
  if (planJoins(view, words).length !== words.length) refuse('join through another table');
  return scope;
}

/** `SELECT *` of one table: the names of several ones' columns would clash. */
function isStar(node: AstNode): boolean {
  const { tag, fields } = open(node);
  const [first, ...others] = list(fields, 'fields');
  return tag === 'ColumnRef' && others.length === 0 && open(first).tag === 'A_Star';
}

function readCore(view: SchemaView, select: AstNode): Core {
  if (select['op'] !== 'SETOP_NONE') refuse('nested set operation');
  if (child(select, 'withClause')) refuse('WITH');
  const scope = readScope(view, select);
  const operand = (node: AstNode) => readOperand(scope, node);
  const core = emptyCore();
  core.from = [...scope.tables.values()].map((table) => table.word);
  core.distinct = Array.isArray(select['distinctClause']);
  core.items = list(select, 'targetList').map((item) => {
    const value = child(open(item).fields, 'val') ?? {};
    return isStar(value) ? { kind: 'all' as const } : operand(value);
  });
  core.where = readPredicates(scope, child(select, 'whereClause'));
  core.group = list(select, 'groupClause').map(operand);
  core.having = readPredicates(scope, child(select, 'havingClause'));
  core.order = list(select, 'sortClause').map((item) => {
    const { fields } = open(item);
    return {
      operand: operand(child(fields, 'node') ?? {}),
      descending: fields['sortby_dir'] === 'SORTBY_DESC',
    };
  });
  const limit = readLiteral(child(select, 'limitCount'));
  return limit ? { ...core, limit: String(limit.value) } : core;
}

/**
 * The shortest GROUP BY that means the same: a key's first column, or what is selected, is enough, because
 * the expansion completes the rest.
 */
function simplifyGroup(view: SchemaView, core: Core): Core {
  const isKey = (operand: Operand) => {
    const table = operand.kind === 'column' ? view.tableByWord.get(operand.table) : undefined;
    const column = operand.kind === 'column' && table?.columnByWord.get(operand.column)?.column.name;
    return table?.table.primaryKey.length === 1 && table.table.primaryKey[0] === column;
  };
  const key = core.group.find(isKey);
  if (!key || key.kind !== 'column' || core.group.length < 2) return core;
  const others = core.group.filter(
    (item) => item === key || item.kind !== 'column' || item.table !== key.table,
  );
  return { ...core, group: others };
}

const setOperators: Record<string, SetOperator> = {
  SETOP_UNION: 'union',
  SETOP_INTERSECT: 'intersect',
  SETOP_EXCEPT: 'except',
};

/** The sketch of one SELECT. Throws NoSketchError with the reason when a sketch cannot say it. */
export async function sketchFromSql(sql: string, view: SchemaView): Promise<Sketch> {
  const [statement] = await parseStatements(sql);
  const { tag, fields } = open(statement?.node);
  if (tag !== 'SelectStmt') return refuse('not a SELECT');
  const operator = setOperators[String(fields['op'])];
  if (!operator) return { core: simplifyGroup(view, readCore(view, fields)) };
  if (fields['all'] === true || Array.isArray(fields['sortClause']))
    refuse('set operation with ALL or ORDER BY');
  const side = (key: string) => simplifyGroup(view, readCore(view, child(fields, key) ?? {}));
  return { core: side('larg'), set: { operator, right: side('rarg') } };
}
