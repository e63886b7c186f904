/** A sketch in names → the same sketch in the pointers of one prompt. */
import {
  planJoins,
  type ColumnRef,
  type Core,
  type Literal,
  type Operand,
  type Predicate,
  type PointerValues,
  type SchemaView,
  type Sketch,
} from '../sql/sketch/index.ts';
import type { PointerPrompt } from '../schema/pointer-prompt.ts';

/** What a prompt does not hold: a table that was not chosen, a value that the question does not name. */
export class NoPointerError extends Error {
  override readonly name = 'NoPointerError';
}

interface Pointing {
  /** The view that the sketch's words belong to. */
  from: SchemaView;
  prompt: PointerPrompt;
}

function pointTable({ from, prompt }: Pointing, word: string): string {
  const table = from.tableByWord.get(word)?.table;
  const pointed = prompt.view.tables.find((candidate) => candidate.table === table);
  if (!pointed) throw new NoPointerError('a table that the prompt lacks');
  return pointed.word;
}

function pointColumn(pointing: Pointing, ref: ColumnRef): ColumnRef {
  const table = pointTable(pointing, ref.table);
  const column = pointing.from.tableByWord.get(ref.table)?.columnByWord.get(ref.column)?.column;
  const pointed = pointing.prompt.view.tableByWord
    .get(table)
    ?.columns.find((candidate) => candidate.column === column);
  if (!pointed) throw new NoPointerError('a column that the prompt lacks');
  return { kind: 'column', table, column: pointed.word };
}

function pointOperand(pointing: Pointing, operand: Operand): Operand {
  const column = (ref: ColumnRef) => pointColumn(pointing, ref);
  switch (operand.kind) {
    case 'all':
      return operand;
    case 'column':
      return column(operand);
    case 'arithmetic':
      return { ...operand, left: column(operand.left), right: column(operand.right) };
    case 'date-part':
      return { ...operand, column: column(operand.column) };
    case 'aggregate': {
      const { argument } = operand;
      if (argument.kind === 'star') return operand;
      return { ...operand, argument: pointOperand(pointing, argument) as typeof argument };
    }
  }
}

const plain = (literal: Literal) => String(literal.value).trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** The pointer that is read back as this literal, but for letter case. */
function pointLiteral({ prompt }: Pointing, predicate: Predicate, literal: Literal): Literal {
  if (literal.kind === 'boolean' || literal.kind === 'pointer') return literal;
  if (literal.kind === 'number' && (literal.value === '0' || literal.value === '1')) return literal;
  const isSame = (word: string) => readBack(prompt.values, word, predicate) === plain(literal);
  const pointer = prompt.pointers.find(({ word }) => isSame(word));
  if (!pointer) throw new NoPointerError('a value that the question does not name');
  return { kind: 'pointer', value: pointer.word };
}

const readBack = (values: PointerValues, word: string, { left, operator }: Predicate) =>
  plain(values.literalOf(word, left, operator));

function pointPredicate(pointing: Pointing, predicate: Predicate): Predicate {
  const left = pointOperand(pointing, predicate.left);
  const pointed: Predicate = { ...predicate, left };
  pointed.literals = predicate.literals.map((literal) => pointLiteral(pointing, pointed, literal));
  if (predicate.subquery) pointed.subquery = pointCore(pointing, predicate.subquery);
  if (predicate.column) pointed.column = pointColumn(pointing, predicate.column);
  return pointed;
}

function pointLimit({ prompt }: Pointing, limit: string): string {
  if (limit === '0' || limit === '1') return limit;
  const pointer = prompt.pointers.find(({ kind, text }) => kind === 'number' && text === limit);
  if (!pointer) throw new NoPointerError('a limit that the question does not name');
  return pointer.word;
}

function tablesOf(operand: Operand): string[] {
  switch (operand.kind) {
    case 'all':
      return [];
    case 'column':
      return [operand.table];
    case 'arithmetic':
      return [operand.left.table, operand.right.table];
    case 'date-part':
      return [operand.column.table];
    case 'aggregate':
      return operand.argument.kind === 'star' ? [] : tablesOf(operand.argument);
  }
}

const edgesOf = (view: SchemaView, tables: readonly string[]) =>
  planJoins(view, tables)
    .map(({ table, edge }) => (edge ? `${edge.from} ${edge.fromColumns.join()} ${edge.to}` : table))
    .toSorted()
    .slice(0, -1)
    .join(' | ');

/**
 * One order for the tables of FROM, the schema's, without those in between that the joins bring by themselves: less to learn.
 * Left as it is where that would join otherwise.
 */
function orderTables(view: SchemaView, core: Core): string[] {
  if (core.from.length < 2) return core.from;
  const places = new Map(view.tables.map(({ word }, index) => [word, index]));
  const sorted = core.from.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  const operands = [
    ...core.items,
    ...core.group,
    ...core.order.map((item) => item.operand),
    ...[...core.where, ...core.having].flatMap((predicate) => [
      predicate.left,
      ...(predicate.column ? [predicate.column] : []),
    ]),
  ];
  const used = new Set(operands.flatMap(tablesOf));
  const isSame = (tables: string[]) =>
    tables.length > 0 &&
    planJoins(view, tables).length === core.from.length &&
    joinedTables(view, tables) === joinedTables(view, core.from) &&
    edgesOf(view, tables) === edgesOf(view, core.from);
  const mentioned = sorted.filter((table) => used.has(table));
  return [mentioned, sorted].find(isSame) ?? core.from;
}

const joinedTables = (view: SchemaView, tables: readonly string[]) =>
  planJoins(view, tables)
    .map(({ table }) => table)
    .toSorted()
    .join(' ');

function pointCore(pointing: Pointing, core: Core): Core {
  const pointed: Core = {
    ...core,
    from: core.from.map((table) => pointTable(pointing, table)),
    items: core.items.map((item) => pointOperand(pointing, item)),
    where: core.where.map((predicate) => pointPredicate(pointing, predicate)),
    group: core.group.map((item) => pointOperand(pointing, item)),
    having: core.having.map((predicate) => pointPredicate(pointing, predicate)),
    order: core.order.map((item) => ({ ...item, operand: pointOperand(pointing, item.operand) })),
  };
  if (core.limit !== undefined) pointed.limit = pointLimit(pointing, core.limit);
  return { ...pointed, from: orderTables(pointing.prompt.view, pointed) };
}

/** @throws NoPointerError for what the prompt holds no pointer for */
export function pointSketch(sketch: Sketch, from: SchemaView, prompt: PointerPrompt): Sketch {
  const pointing = { from, prompt };
  const core = pointCore(pointing, sketch.core);
  return sketch.set
    ? { core, set: { ...sketch.set, right: pointCore(pointing, sketch.set.right) } }
    : { core };
}
