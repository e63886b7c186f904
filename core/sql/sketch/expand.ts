import { quoteIdentifier } from '../identifiers.ts';
import { parseSketch } from './parse-words.ts';
import { isLiteralPointer } from './pointers.ts';
import { planJoins, type JoinStep, type SchemaView, type TableView } from './schema-view.ts';
import type {
  Arithmetic,
  ColumnRef,
  Core,
  Literal,
  Operand,
  OrderItem,
  Predicate,
  PredicateOperator,
  Sketch,
} from './sketch.ts';

/** What one core's text is written with: its tables, and whether columns need their table's name. */
interface Scope {
  view: SchemaView;
  values: PointerValues;
  qualify: boolean;
}

/** What the pointers of one question stand for. */
export interface PointerValues {
  /** As it is compared with this operand: a column's stored spelling, a number, a text. */
  literalOf(
    pointer: string,
    comparedWith: Operand | undefined,
    operator: PredicateOperator | undefined,
  ): Literal;
}

const noPointers: PointerValues = {
  literalOf: (pointer) => ({ kind: 'text', value: pointer }),
};

function tableSql(scope: Scope, table: TableView): string {
  const name = quoteIdentifier(table.table.name);
  const inPath = scope.view.searchPath.includes(table.table.namespace);
  return inPath ? name : `${quoteIdentifier(table.table.namespace)}.${name}`;
}

function columnSql(scope: Scope, ref: ColumnRef): string {
  const table = scope.view.tableByWord.get(ref.table);
  const name = quoteIdentifier(table?.columnByWord.get(ref.column)?.column.name ?? ref.column);
  return scope.qualify && table ? `${quoteIdentifier(table.table.name)}.${name}` : name;
}

/** Division of integers would drop the fraction that the question asks for, and a zero would end the query. */
function arithmeticSql(scope: Scope, operand: Arithmetic): string {
  const left = columnSql(scope, operand.left);
  const right = columnSql(scope, operand.right);
  return operand.operator === '/'
    ? `${left}::numeric / NULLIF(${right}, 0)`
    : `${left} ${operand.operator} ${right}`;
}

function operandSql(scope: Scope, operand: Operand): string {
  switch (operand.kind) {
    case 'all':
      return '*';
    case 'column':
      return columnSql(scope, operand);
    case 'arithmetic':
      return arithmeticSql(scope, operand);
    case 'date-part': {
      const column = columnSql(scope, operand.column);
      if (operand.name === 'monthly') return `date_trunc('month', ${column})::date`;
      return `EXTRACT(${operand.name.toUpperCase()} FROM ${column})`;
    }
    case 'aggregate': {
      const argument = operand.argument.kind === 'star' ? '*' : operandSql(scope, operand.argument);
      return `${operand.name}(${operand.distinct ? 'DISTINCT ' : ''}${argument})`;
    }
  }
}

function literalSql(literal: Literal): string {
  if (literal.kind === 'text') return `'${literal.value.replaceAll("'", "''")}'`;
  return String(literal.value);
}

const likePatterns = {
  contains: (text: string) => `%${text}%`,
  lacks: (text: string) => `%${text}%`,
  starts: (text: string) => `${text}%`,
  ends: (text: string) => `%${text}`,
};

function likeSql(left: string, operator: keyof typeof likePatterns, literal: Literal | undefined): string {
  const escaped = String(literal?.value ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`);
  const pattern = literalSql({ kind: 'text', value: likePatterns[operator](escaped) });
  return `${left} ${operator === 'lacks' ? 'NOT ILIKE' : 'ILIKE'} ${pattern}`;
}

/** NOT IN over a subquery that yields a NULL is never true, so NULLs are kept out of it. */
function subquerySql(scope: Scope, predicate: Predicate & { subquery: Core }): string {
  const core = predicate.subquery;
  const [item] = core.items;
  if (predicate.operator !== 'not-in' || item?.kind !== 'column' || !isNullable(scope, item)) {
    return coreSql(scope, core, ' ');
  }
  const guard: Predicate = { left: item, operator: 'not-null', literals: [], connector: 'and' };
  return coreSql(scope, { ...core, where: [...core.where, guard] }, ' ');
}

function isNullable(scope: Scope, ref: ColumnRef): boolean {
  return scope.view.tableByWord.get(ref.table)?.columnByWord.get(ref.column)?.column.nullable ?? false;
}

function predicateSql(scope: Scope, predicate: Predicate): string {
  const left = operandSql(scope, predicate.left);
  const { operator } = predicate;
  const literals = predicate.literals.map((literal) =>
    literal.kind === 'pointer' ? scope.values.literalOf(literal.value, predicate.left, operator) : literal,
  );
  switch (operator) {
    case 'is-null':
      return `${left} IS NULL`;
    case 'not-null':
      return `${left} IS NOT NULL`;
    case 'contains':
    case 'lacks':
    case 'starts':
    case 'ends':
      return likeSql(left, operator, literals[0]);
    case 'between':
      return `${left} BETWEEN ${literals.map(literalSql).join(' AND ')}`;
    case 'in':
    case 'not-in': {
      const inner = predicate.subquery
        ? subquerySql(scope, { ...predicate, subquery: predicate.subquery })
        : literals.map(literalSql).join(', ');
      return `${left} ${operator === 'in' ? 'IN' : 'NOT IN'} (${inner})`;
    }
    default: {
      if (predicate.subquery) return `${left} ${operator} (${coreSql(scope, predicate.subquery, ' ')})`;
      const right = predicate.column ? columnSql(scope, predicate.column) : literals.map(literalSql).join('');
      return `${left} ${operator === '!=' ? '<>' : operator} ${right}`;
    }
  }
}

function predicatesSql(scope: Scope, predicates: Predicate[]): string {
  return predicates
    .map((predicate, index) => {
      const text = predicateSql(scope, predicate);
      return index === 0 ? text : `${predicate.connector.toUpperCase()} ${text}`;
    })
    .join(' ');
}

function joinSql(scope: Scope, step: JoinStep, joined: ReadonlySet<string>): string {
  const table = scope.view.tableByWord.get(step.table);
  const name = table ? tableSql(scope, table) : quoteIdentifier(step.table);
  if (joined.size === 0) return name;
  const edge = step.edge;
  if (!edge) return `CROSS JOIN ${name}`;
  const sideOf = (word: string) => quoteIdentifier(scope.view.tableByWord.get(word)?.table.name ?? word);
  const conditions = edge.fromColumns.map((column, index) => {
    const from = `${sideOf(edge.from)}.${quoteIdentifier(column)}`;
    const to = `${sideOf(edge.to)}.${quoteIdentifier(edge.toColumns[index] ?? column)}`;
    return edge.from === step.table ? `${to} = ${from}` : `${from} = ${to}`;
  });
  return `JOIN ${name} ON ${conditions.join(' AND ')}`;
}

function fromSql(scope: Scope, steps: JoinStep[], separator: string): string {
  const joined = new Set<string>();
  const parts = steps.map((step) => {
    const text = joinSql(scope, step, joined);
    joined.add(step.table);
    return text;
  });
  return parts.join(separator === ' ' ? ' ' : '\n  ');
}

const sameOperand = (left: Operand, right: Operand) => JSON.stringify(left) === JSON.stringify(right);

/** Whether grouping by `group` fixes the value of a column: itself, or its table's whole primary key. */
function isDetermined(scope: Scope, group: Operand[], operand: Operand): boolean {
  if (group.some((item) => sameOperand(item, operand))) return true;
  if (operand.kind !== 'column') return false;
  const table = scope.view.tableByWord.get(operand.table);
  const key = table?.table.primaryKey ?? [];
  if (!table || key.length === 0) return false;
  const grouped = new Set(
    group.flatMap((item) => (item.kind === 'column' && item.table === operand.table ? [item.column] : [])),
  );
  return key.every((name) =>
    table.columns.some((column) => column.column.name === name && grouped.has(column.word)),
  );
}

/** PostgreSQL wants every plain column beside an aggregate in GROUP BY, unless a key implies it. */
function completeGroup(scope: Scope, core: Core): Operand[] {
  const used = [...core.items, ...core.order.map((item) => item.operand)];
  const aggregates = [...used, ...core.having.map((predicate) => predicate.left)];
  const isGrouped = core.group.length > 0 || aggregates.some((operand) => operand.kind === 'aggregate');
  if (!isGrouped) return [];
  const group = [...core.group];
  for (const operand of used) {
    if (operand.kind !== 'aggregate' && !isDetermined(scope, group, operand)) group.push(operand);
  }
  return group;
}

/** PostgreSQL sorts NULLs first when descending: "the highest" would be an unknown one. */
function orderSql(scope: Scope, item: OrderItem): string {
  const text = operandSql(scope, item.operand);
  if (!item.descending) return text;
  const canBeNull = item.operand.kind !== 'aggregate' || item.operand.name !== 'count';
  const nullable = item.operand.kind === 'column' ? isNullable(scope, item.operand) : canBeNull;
  return nullable && item.operand.kind === 'column' ? `${text} DESC NULLS LAST` : `${text} DESC`;
}

/** DISTINCT may only be ordered by what it selects; a hidden key becomes a group. */
function needsGroupForDistinct(core: Core): boolean {
  return (
    core.distinct && core.order.some((order) => !core.items.some((item) => sameOperand(item, order.operand)))
  );
}

function limitSql(scope: Scope, limit: string): string {
  if (!isLiteralPointer(limit)) return limit;
  return literalSql(scope.values.literalOf(limit, undefined, undefined));
}

function coreSql({ view, values }: Omit<Scope, 'qualify'>, core: Core, separator: string): string {
  const steps = planJoins(view, core.from);
  const scope: Scope = { view, values, qualify: steps.length > 1 };
  const regroup = needsGroupForDistinct(core);
  const group = completeGroup(scope, regroup ? { ...core, group: [...core.group, ...core.items] } : core);
  const items = core.items.map((item) => operandSql(scope, item)).join(', ');
  const clauses = [
    `SELECT ${core.distinct && !regroup ? 'DISTINCT ' : ''}${items === '' ? '…' : items}`,
    `FROM ${fromSql(scope, steps, separator)}`,
  ];
  if (core.where.length > 0) clauses.push(`WHERE ${predicatesSql(scope, core.where)}`);
  if (group.length > 0) clauses.push(`GROUP BY ${group.map((item) => operandSql(scope, item)).join(', ')}`);
  if (core.having.length > 0) clauses.push(`HAVING ${predicatesSql(scope, core.having)}`);
  if (core.order.length > 0)
    clauses.push(`ORDER BY ${core.order.map((item) => orderSql(scope, item)).join(', ')}`);
  if (core.limit !== undefined) clauses.push(`LIMIT ${limitSql(scope, core.limit)}`);
  return clauses.join(separator);
}

/** A set operation binds looser than ORDER BY and LIMIT, so a side that has them stands in parentheses. */
function sideSql(scope: Omit<Scope, 'qualify'>, core: Core): string {
  const text = coreSql(scope, core, '\n');
  return core.order.length > 0 || core.limit !== undefined ? `(${text})` : text;
}

export function expandParsedSketch(sketch: Sketch, view: SchemaView, values = noPointers): string {
  const scope = { view, values };
  if (!sketch.set) return coreSql(scope, sketch.core, '\n');
  const operator = sketch.set.operator.toUpperCase();
  return `${sideSql(scope, sketch.core)}\n${operator}\n${sideSql(scope, sketch.set.right)}`;
}

/**
 * PostgreSQL for a sketch. An unfinished sketch gives the statement as far as it is known, with `…` where the
 * select list is still to come: good for showing, not for running.
 */
export function expandSketch(words: readonly string[], view: SchemaView, values?: PointerValues): string {
  return expandParsedSketch(parseSketch(words, view), view, values);
}
