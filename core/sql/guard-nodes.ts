import {
  findDeniedAttribute,
  findDeniedEffect,
  isModelFunction,
  secretRelations,
} from './guard-functions.ts';
import type { FunctionCall } from './guard-functions.ts';
import { nameStatement } from './guard-statements.ts';
import type { AstNode, AstValue } from './parse.ts';

/** Who wrote a statement: a person, or a model. */
export type GuardOrigin = 'user' | 'model';

/** Why a query is refused. */
export interface Finding {
  message: string;
  hint?: string;
  /** 0-based offset in bytes of UTF-8. */
  byte?: number;
  /** Defaults to SQL_NOT_READ_ONLY. */
  code?: 'SQL_SYNTAX';
}

type Check = (fields: AstNode, origin: GuardOrigin) => Finding | undefined;

/**
 * Every kind of node that a read-only query is made of. What is not listed is refused, so that a statement that
 * a later PostgreSQL allows inside a query does not slip through.
 */
const knownTags = new Set(
  `SelectStmt ResTarget ColumnRef A_Star A_Const A_Indices A_Indirection A_ArrayExpr A_Expr BoolExpr NullTest BooleanTest
   CaseExpr CaseWhen CoalesceExpr MinMaxExpr SQLValueFunction XmlExpr XmlSerialize GroupingFunc GroupingSet RowExpr
   SubLink TypeCast CollateClause FuncCall NamedArgExpr SortBy WindowDef RangeVar RangeSubselect RangeFunction
   RangeTableFunc RangeTableFuncCol RangeTableSample JoinExpr Alias TypeName ColumnDef List String Integer Float Boolean
   BitString CommonTableExpr WithClause CTESearchClause CTECycleClause DefElem JsonFuncExpr JsonValueExpr JsonFormat
   JsonOutput JsonReturning JsonBehavior JsonArgument JsonKeyValue JsonObjectConstructor JsonArrayConstructor
   JsonArrayQueryConstructor JsonArrayAgg JsonObjectAgg JsonAggConstructor JsonParseExpr JsonScalarExpr
   JsonSerializeExpr JsonIsPredicate JsonTable JsonTableColumn JsonTablePathSpec JsonTablePath`.split(/\s+/),
);

/** A Map, because names such as `constructor` are fields of nodes and properties of every object. */
const checks = new Map<string, Check>(
  Object.entries({
    FuncCall: checkFunction,
    ColumnRef: checkColumn,
    A_Indirection: checkIndirection,
    RangeVar: checkRelation,
    relation: checkRelation,
    RangeTableSample: checkSample,
    A_Expr: (fields, origin) => checkOperator(fields['name'], fields, origin),
    SubLink: (fields, origin) => checkOperator(fields['operName'], fields, origin),
    SortBy: (fields, origin) => checkOperator(fields['useOp'], fields, origin),
    intoClause: (fields) => ({
      message: 'SELECT … INTO creates a table.',
      hint: 'Delete the INTO clause.',
      byte: findByte(fields),
    }),
    LockingClause: (fields) => ({
      message: 'FOR UPDATE and FOR SHARE lock rows.',
      hint: 'Delete the locking clause.',
      byte: findByte(fields),
    }),
    ParamRef: (fields) => ({
      message: `The statement has a parameter, $${String(fields['number'] ?? '?')}, without a value.`,
      hint: 'Write the value itself.',
      byte: findByte(fields),
      code: 'SQL_SYNTAX',
    }),
  } satisfies Record<string, Check>),
);

/** `moreTags`: kinds of nodes that are allowed besides. Looks at every node of a query's tree, without recursion: depth is the statement's choice. */
export function checkNode(
  root: AstNode,
  origin: GuardOrigin,
  moreTags?: ReadonlySet<string>,
): Finding | undefined {
  const pending: (AstNode | AstValue[])[] = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    // Backwards, so that what stands first in the statement is looked at first.
    for (const key of Object.keys(value).reverse()) {
      const child = Array.isArray(value) ? value[Number(key)] : value[key];
      if (typeof child !== 'object' || child === null) continue;
      const finding = Array.isArray(child) ? undefined : checkEntry(key, child, origin, moreTags);
      if (finding !== undefined) return finding;
      pending.push(child);
    }
  }
  return undefined;
}

function checkEntry(
  key: string,
  child: AstNode,
  origin: GuardOrigin,
  moreTags?: ReadonlySet<string>,
): Finding | undefined {
  const finding = checks.get(key)?.(child, origin);
  if (finding !== undefined) return finding;
  // Tags of nodes start with a capital letter, names of fields do not.
  if (!/^[A-Z]/.test(key) || knownTags.has(key) || moreTags?.has(key)) return undefined;
  const command = nameStatement(key);
  return { message: `${command} inside the query is not read-only.`, byte: findByte(child) };
}

function checkFunction(fields: AstNode, origin: GuardOrigin): Finding | undefined {
  const call = readCall(fields);
  const shown = `${call.schema === undefined ? '' : `${call.schema}.`}${call.name}()`;
  const effect = findDeniedEffect(call);
  if (effect !== undefined) {
    return {
      message: `${shown} ${effect}.`,
      hint: 'Write the query without this function.',
      byte: findByte(fields),
    };
  }
  if (origin === 'user' || isModelFunction(call)) return undefined;
  return {
    message: `${shown} is not on the list of functions that a model may call.`,
    hint: 'Read the statement; if you trust it, run it yourself.',
    byte: findByte(fields),
  };
}

/** `f.pg_read_file` calls pg_read_file(f) where f has no such column. One name alone is never a function. */
function checkColumn(fields: AstNode, origin: GuardOrigin): Finding | undefined {
  const path = readNames(fields['fields']);
  return path.length < 2 ? undefined : checkAttribute(path.at(-1) ?? '', fields, origin);
}

/** `('/etc/passwd'::text).pg_read_file`: the same for any value. */
function checkIndirection(fields: AstNode, origin: GuardOrigin): Finding | undefined {
  for (const name of readNames(fields['indirection'])) {
    const finding = checkAttribute(name, fields, origin);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function checkAttribute(name: string, fields: AstNode, origin: GuardOrigin): Finding | undefined {
  const effect = findDeniedAttribute(name, origin);
  if (effect === undefined) return undefined;
  return {
    message: `${name}() ${effect}.`,
    hint: 'Write the query without this function. If it is a column, write it without its table.',
    byte: findByte(fields),
  };
}

function readCall(fields: AstNode): FunctionCall {
  const path = readNames(fields['funcname']);
  const args = fields['args'];
  // A name of three parts is database.schema.function.
  const call = { name: path.at(-1) ?? '', argumentCount: Array.isArray(args) ? args.length : 0 };
  const schema = path.at(-2);
  return schema === undefined ? call : { ...call, schema };
}

/** The parts of a name, as the parser lists them; what is no name (`*`, a subscript) is empty. */
export function readNames(list: AstValue | undefined): string[] {
  if (!Array.isArray(list)) return [];
  return list.map((item) => (item as { String?: { sval?: string } }).String?.sval ?? '');
}

function checkRelation(fields: AstNode, origin: GuardOrigin): Finding | undefined {
  const name = fields['relname'];
  if (origin === 'user' || typeof name !== 'string' || !secretRelations.has(name)) return undefined;
  return {
    message: `${name} holds passwords, connection strings or server files.`,
    hint: 'Ask for something else.',
    byte: findByte(fields),
  };
}

function checkSample(fields: AstNode, origin: GuardOrigin): Finding | undefined {
  return checkFunction({ funcname: fields['method'] ?? [], location: fields['location'] ?? 0 }, origin);
}

/** OPERATOR(schema.+) can name an operator whose function belongs to the database's owner. */
function checkOperator(
  name: AstValue | undefined,
  fields: AstNode,
  origin: GuardOrigin,
): Finding | undefined {
  const path = readNames(name);
  if (origin === 'user' || path.length < 2 || path[0] === 'pg_catalog') return undefined;
  return {
    message: `The operator ${path.join('.')} is not one of PostgreSQL's own.`,
    hint: 'Read the statement; if you trust it, run it yourself.',
    byte: findByte(fields),
  };
}

/** The first location inside a node: its own, else that of the node nearest to it. */
function findByte(fields: AstNode): number | undefined {
  const queue: AstValue[] = [fields];
  for (let index = 0; index < queue.length; index += 1) {
    const value = queue[index];
    if (typeof value !== 'object' || value === null) continue;
    // -1 means unknown.
    const location = Array.isArray(value) ? undefined : value['location'];
    if (typeof location === 'number' && location >= 0) return location;
    for (const child of Object.values(value)) queue.push(child);
  }
  return undefined;
}
