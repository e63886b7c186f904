import { sqlFeatureSchema, type SqlFeature } from '../../contract/index.ts';
import { parseStatements, type AstNode, type AstValue } from '../../sql/index.ts';

export interface QueryFacts {
  /** In the order of the contract's list. */
  features: SqlFeature[];
  /** Mentions of tables, a table twice in one query counted twice. */
  tables: number;
}

const aggregates = new Set(['count', 'sum', 'avg', 'min', 'max', 'any_value', 'array_agg', 'string_agg']);
const arithmetic = new Set(['+', '-', '*', '/', '%']);

/** Fields of a SELECT whose presence is a feature. */
const clauses: Record<string, SqlFeature> = {
  whereClause: 'where',
  groupClause: 'group-by',
  havingClause: 'having',
  sortClause: 'order-by',
  limitCount: 'limit',
  distinctClause: 'distinct',
};

/** What a query uses, from PostgreSQL's parse tree. A text that does not parse uses nothing. */
export async function readQueryFacts(sql: string): Promise<QueryFacts> {
  const found = new Set<SqlFeature>();
  const facts = { found, tables: 0 };
  const statements = await parseStatements(sql).catch(() => []);
  for (const { node } of statements) visit(node, facts);
  return { features: sqlFeatureSchema.options.filter((feature) => found.has(feature)), tables: facts.tables };
}

interface Facts {
  found: Set<SqlFeature>;
  tables: number;
}

function visit(value: AstValue, facts: Facts): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, facts);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    note(key, field, facts);
    visit(field, facts);
  }
}

function note(key: string, field: AstValue, facts: Facts): void {
  const clause = clauses[key];
  if (clause !== undefined) facts.found.add(clause);
  else if (key === 'fromClause' && Array.isArray(field)) noteFrom(field, facts);
  else if (key === 'op' && typeof field === 'string' && /^SETOP_(?!NONE)/.test(field))
    facts.found.add('set-operation');
  else if (key === 'agg_distinct') facts.found.add('distinct');
  else noteNode(key, field, facts);
}

function noteNode(tag: string, field: AstValue, facts: Facts): void {
  if (typeof field !== 'object' || field === null || Array.isArray(field)) return;
  if (tag === 'RangeVar') facts.tables += 1;
  else if (tag === 'RangeSubselect') facts.found.add('nested');
  else if (tag === 'SubLink') {
    facts.found.add('nested');
    if (field['subLinkType'] === 'ANY_SUBLINK') facts.found.add('in');
  } else if (tag === 'JoinExpr') {
    facts.found.add('join');
    if (field['jointype'] !== 'JOIN_INNER') facts.found.add('outer-join');
  } else if (tag === 'TypeCast') facts.found.add('cast');
  else if (tag === 'BoolExpr' && field['boolop'] === 'OR_EXPR') facts.found.add('or');
  else if (tag === 'FuncCall' && isAggregate(field)) facts.found.add('aggregate');
  else if (tag === 'A_Expr') noteOperator(field, facts);
}

/** One SELECT's FROM: several items are a join, and a table named twice among them joins itself. */
function noteFrom(items: AstValue[], facts: Facts): void {
  if (items.length > 1) facts.found.add('join');
  const names = items.flatMap(listTables);
  if (new Set(names).size < names.length) facts.found.add('self-join');
}

function listTables(item: AstValue): string[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
  const table = item['RangeVar'] as AstNode | undefined;
  if (table !== undefined) return [String(table['relname'])];
  const join = item['JoinExpr'] as AstNode | undefined;
  return join === undefined ? [] : [join['larg'] ?? null, join['rarg'] ?? null].flatMap(listTables);
}

function isAggregate(call: AstNode): boolean {
  const names = call['funcname'] as { String?: { sval?: string } }[];
  return call['agg_star'] === true || aggregates.has(names.at(-1)?.String?.sval ?? '');
}

function noteOperator(expression: AstNode, facts: Facts): void {
  const kind = String(expression['kind']);
  if (/^AEXPR_I?LIKE$/.test(kind)) facts.found.add('like');
  else if (kind.startsWith('AEXPR_BETWEEN') || kind.startsWith('AEXPR_NOT_BETWEEN'))
    facts.found.add('between');
  else if (kind === 'AEXPR_IN') facts.found.add('in');
  else if (kind === 'AEXPR_OP') {
    const names = expression['name'] as { String?: { sval?: string } }[];
    if (arithmetic.has(names.at(-1)?.String?.sval ?? '')) facts.found.add('arithmetic');
  }
}
