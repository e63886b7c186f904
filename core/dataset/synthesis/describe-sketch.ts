import { planJoins, type JoinEdge, type SchemaView } from '../../sql/sketch/schema-view.ts';
import type { ColumnRef, Literal, Operand, Predicate, Sketch } from '../../sql/sketch/sketch.ts';
import { roleOf } from './column-class.ts';
import { coresOf, mapSketch } from './map-sketch.ts';
import type { ColumnSlot, LiteralSlot } from './template.ts';

/** Why a question gave no template. */
export class NoTemplateError extends Error {
  override readonly name = 'NoTemplateError';
}

export function refuse(reason: string): never {
  throw new NoTemplateError(reason);
}

const idOf = (ref: ColumnRef) => `${ref.table}.${ref.column}`;

function columnOf(operand: Operand): ColumnRef | undefined {
  if (operand.kind === 'column') return operand;
  if (operand.kind === 'date-part') return operand.column;
  if (operand.kind === 'aggregate' && operand.argument.kind === 'column') return operand.argument;
  return undefined;
}

/** A sketch's tables, columns and literals, in the order in which it says them. */
export interface Described {
  tables: string[];
  columns: ColumnSlot[];
  literals: LiteralSlot[];
}

function describeLiteral(view: SchemaView, literal: Literal, predicate: Predicate | undefined): LiteralSlot {
  const ref = predicate && columnOf(predicate.left);
  const column = ref && view.tableByWord.get(ref.table)?.columnByWord.get(ref.column);
  const isCount = !predicate || (predicate.left.kind === 'aggregate' && predicate.left.name === 'count');
  const isYear = predicate?.left.kind === 'date-part' && predicate.left.name === 'year';
  const base = {
    value: String(literal.value),
    isCount,
    isYear,
    isLimit: !predicate,
    ...(ref && !isCount ? { column: idOf(ref) } : {}),
  };
  if (literal.kind === 'boolean') return { ...base, kind: 'fixed' };
  if (literal.kind === 'number') return { ...base, kind: 'number' };
  if (predicate && ['contains', 'lacks', 'starts', 'ends'].includes(predicate.operator))
    return { ...base, kind: literal.value.length <= 2 ? 'fixed' : 'part-of-text' };
  if (column?.kind === 'date') return { ...base, kind: 'date' };
  const isOrder = predicate && !['=', '!=', 'in', 'not-in'].includes(predicate.operator);
  return isOrder ? refuse('order of text') : { ...base, kind: 'text' };
}

/** Lists what a question has to name for its sketch to follow from it. Throws NoTemplateError. */
export function describeSketch(view: SchemaView, sketch: Sketch): Described {
  const tables = new Set<string>();
  const columns = new Map<string, ColumnSlot>();
  const literals: LiteralSlot[] = [];
  mapSketch(sketch, {
    table(word) {
      tables.add(word);
      return word;
    },
    column(ref) {
      const table = view.tableByWord.get(ref.table) ?? refuse('unknown table');
      const column = table.columnByWord.get(ref.column) ?? refuse('unknown column');
      tables.add(ref.table);
      if (!columns.has(idOf(ref)))
        columns.set(idOf(ref), {
          id: idOf(ref),
          table: ref.table,
          column: ref.column,
          role: roleOf(table, column),
          mention: 'implied',
          isBound: false,
          textValues: 0,
          isYearStated: false,
          isAggregated: false,
          isCounted: false,
        });
      return ref;
    },
    literal(literal, predicate) {
      literals.push(describeLiteral(view, literal, predicate));
      return literal;
    },
  });
  markAggregated(sketch, columns);
  return { tables: [...tables], columns: [...columns.values()], literals };
}

function markAggregated(sketch: Sketch, columns: ReadonlyMap<string, ColumnSlot>): void {
  for (const core of coresOf(sketch)) {
    const operands = [
      ...core.items,
      ...core.having.map((item) => item.left),
      ...core.order.map((item) => item.operand),
    ];
    for (const operand of operands) {
      if (operand.kind !== 'aggregate') continue;
      const ref = columnOf(operand);
      const slot = ref && columns.get(idOf(ref));
      if (slot && operand.name === 'count') slot.isCounted = true;
      else if (slot) slot.isAggregated = true;
    }
    if (core.limit === undefined) continue;
    for (const { operand } of core.order) {
      const ref = columnOf(operand);
      const slot = ref && columns.get(idOf(ref));
      // Who orders text asks for the highest of something that only such a column means.
      if (slot?.role.kind === 'text') slot.isBound = true;
    }
  }
}

/** Keys that a sketch goes along. Throws NoTemplateError where it joins otherwise. */
export function edgesOf(view: SchemaView, sketch: Sketch): JoinEdge[] {
  const edges = new Set<JoinEdge>();
  for (const core of coresOf(sketch)) {
    const steps = planJoins(view, core.from);
    if (steps.length !== core.from.length) refuse('join through another table');
    steps.slice(1).forEach((step) => edges.add(step.edge ?? refuse('cross join')));
    for (const predicate of [...core.where, ...core.having]) linkSubquery(view, predicate, edges);
  }
  return [...edges];
}

/** `id not in (select singer_id …)` needs the key between the two, wherever it is asked of. */
function linkSubquery(view: SchemaView, predicate: Predicate, edges: Set<JoinEdge>): void {
  const [item] = predicate.subquery?.items ?? [];
  const left = columnOf(predicate.left);
  const right = item && columnOf(item);
  if (!left || !right || item.kind === 'aggregate' || idOf(left) === idOf(right)) return;
  const nameOf = (ref: ColumnRef) =>
    view.tableByWord.get(ref.table)?.columnByWord.get(ref.column)?.column.name;
  const edge = view.edges.find((candidate) =>
    [
      [left, right],
      [right, left],
    ].some(
      ([from, to]) =>
        from &&
        to &&
        candidate.from === from.table &&
        candidate.to === to.table &&
        candidate.fromColumns[0] === nameOf(from) &&
        candidate.toColumns[0] === nameOf(to),
    ),
  );
  edges.add(edge ?? refuse('subquery outside keys'));
}

/** Whether one of the keys begins or ends at the column. */
export const isKeyOf = (edges: readonly JoinEdge[], view: SchemaView, slot: ColumnSlot) => {
  const name = view.tableByWord.get(slot.table)?.columnByWord.get(slot.column)?.column.name ?? '';
  return edges.some(
    (edge) =>
      (edge.from === slot.table && edge.fromColumns.includes(name)) ||
      (edge.to === slot.table && edge.toColumns.includes(name)),
  );
};
