import {
  aggregateNames,
  arithmeticOperators,
  datePartNames,
  emptyCore,
  type AggregateName,
  type ArithmeticOperator,
  type ColumnRef,
  type Core,
  type DatePartName,
  type Literal,
  type Operand,
  type Predicate,
  type PredicateOperator,
  type SetOperator,
  type Sketch,
} from './sketch.ts';
import { isLiteralPointer, isPointer } from './pointers.ts';
import type { SchemaView } from './schema-view.ts';

const clauseWords = new Set([
  'select',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'union',
  'intersect',
  'except',
]);

/** Reads words one by one; at the end of an unfinished sketch every reader returns what it has. */
class WordReader {
  private position = 0;
  private readonly words: readonly string[];
  private readonly view: SchemaView | undefined;

  constructor(words: readonly string[], view: SchemaView | undefined) {
    this.words = words;
    this.view = view;
  }

  /** The table whose column a pointer is. */
  tableOf(column: string): string {
    return this.view?.tables.find((table) => table.columnByWord.has(column))?.word ?? '';
  }

  peek(ahead = 0): string | undefined {
    return this.words[this.position + ahead];
  }

  take(): string | undefined {
    return this.words[this.position++];
  }

  accept(word: string): boolean {
    if (this.peek() !== word) return false;
    this.position++;
    return true;
  }
}

function isOneOf<T extends string>(list: readonly T[], word: string | undefined): word is T {
  return word !== undefined && (list as readonly string[]).includes(word);
}

function parseColumn(reader: WordReader, core: Core): ColumnRef | undefined {
  const first = reader.take();
  if (first === undefined) return undefined;
  if (isPointer(first)) return { kind: 'column', table: reader.tableOf(first), column: first };
  if (core.from.length <= 1) return { kind: 'column', table: core.from[0] ?? '', column: first };
  if (!reader.accept('.')) return undefined;
  const column = reader.take();
  return column === undefined ? undefined : { kind: 'column', table: first, column };
}

function parseColumnOrArithmetic(reader: WordReader, core: Core) {
  const left = parseColumn(reader, core);
  if (!left || !isOneOf(arithmeticOperators, reader.peek())) return left;
  const operator = reader.take() as ArithmeticOperator;
  const right = parseColumn(reader, core);
  return right ? { kind: 'arithmetic' as const, left, operator, right } : left;
}

function parseAggregate(reader: WordReader, core: Core): Operand | undefined {
  const name = reader.take() as AggregateName;
  reader.accept('(');
  const distinct = reader.accept('distinct');
  const argument = reader.accept('*') ? { kind: 'star' as const } : parseColumnOrArithmetic(reader, core);
  reader.accept(')');
  return argument && { kind: 'aggregate', name, distinct, argument };
}

function parseDatePart(reader: WordReader, core: Core): Operand | undefined {
  const name = reader.take() as DatePartName;
  reader.accept('(');
  const column = parseColumn(reader, core);
  reader.accept(')');
  return column && { kind: 'date-part', name, column };
}

function parseOperand(reader: WordReader, core: Core): Operand | undefined {
  if (reader.accept('*')) return { kind: 'all' };
  const isCall = reader.peek(1) === '(';
  if (isCall && isOneOf(aggregateNames, reader.peek())) return parseAggregate(reader, core);
  if (isCall && isOneOf(datePartNames, reader.peek())) return parseDatePart(reader, core);
  return parseColumnOrArithmetic(reader, core);
}

function parseLiteral(reader: WordReader): Literal | undefined {
  const word = reader.take();
  if (word === undefined) return undefined;
  if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' };
  if (isPointer(word)) return { kind: 'pointer', value: word };
  if (word !== "'") return { kind: 'number', value: word };
  const parts: string[] = [];
  for (let part = reader.take(); part !== undefined && part !== "'"; part = reader.take()) parts.push(part);
  return { kind: 'text', value: parts.join(' ') };
}

function isLiteralStart(word: string | undefined): boolean {
  if (word !== undefined && isLiteralPointer(word)) return true;
  return word === undefined || word === "'" || word === 'true' || word === 'false' || /^-?\d/.test(word);
}

function parseRight(reader: WordReader, core: Core, predicate: Predicate): void {
  const add = () => {
    const literal = parseLiteral(reader);
    if (literal) predicate.literals.push(literal);
  };
  if (reader.accept('(')) {
    if (reader.peek() === 'from') predicate.subquery = parseCore(reader);
    else
      do add();
      while (reader.accept(','));
    reader.accept(')');
  } else if (isLiteralStart(reader.peek())) {
    add();
    if (predicate.operator === 'between' && reader.accept('and')) add();
  } else {
    const column = parseColumn(reader, core);
    if (column) predicate.column = column;
  }
}

function parsePredicates(reader: WordReader, core: Core): Predicate[] {
  const predicates: Predicate[] = [];
  let connector: 'and' | 'or' = 'and';
  for (;;) {
    const left = parseOperand(reader, core);
    const operator = reader.take() as PredicateOperator | undefined;
    if (!left || operator === undefined) return predicates;
    const predicate: Predicate = { left, operator, literals: [], connector };
    if (operator !== 'is-null' && operator !== 'not-null') parseRight(reader, core, predicate);
    predicates.push(predicate);
    if (reader.accept('and')) connector = 'and';
    else if (reader.accept('or')) connector = 'or';
    else return predicates;
  }
}

function parseOperands(reader: WordReader, core: Core): Operand[] {
  const operands: Operand[] = [];
  do {
    const operand = parseOperand(reader, core);
    if (operand) operands.push(operand);
  } while (reader.accept(','));
  return operands;
}

function parseFrom(reader: WordReader): string[] {
  const tables: string[] = [];
  reader.accept('from');
  do {
    const table = reader.peek();
    if (table === undefined || clauseWords.has(table)) break;
    reader.take();
    tables.push(table);
  } while (reader.accept(','));
  return tables;
}

function parseOrder(reader: WordReader, core: Core): void {
  do {
    const operand = parseOperand(reader, core);
    if (operand) core.order.push({ operand, descending: reader.accept('desc') });
  } while (reader.accept(','));
}

function parseCore(reader: WordReader): Core {
  const core = emptyCore();
  core.from = parseFrom(reader);
  if (reader.accept('select')) {
    core.distinct = reader.accept('distinct');
    core.items = parseOperands(reader, core);
  }
  if (reader.accept('where')) core.where = parsePredicates(reader, core);
  if (reader.accept('group')) core.group = parseOperands(reader, core);
  if (reader.accept('having')) core.having = parsePredicates(reader, core);
  if (reader.accept('order')) parseOrder(reader, core);
  if (reader.accept('limit')) {
    const limit = reader.take();
    if (limit !== undefined) core.limit = limit;
  }
  return core;
}

/**
 * Reads a sketch's words. An unfinished sketch gives what can be said of it so far. `view` tells the tables of columns that are
 * pointers.
 */
export function parseSketch(words: readonly string[], view?: SchemaView): Sketch {
  const reader = new WordReader(words, view);
  const core = parseCore(reader);
  const operator = reader.take();
  if (operator !== 'union' && operator !== 'intersect' && operator !== 'except') return { core };
  return { core, set: { operator: operator satisfies SetOperator, right: parseCore(reader) } };
}
