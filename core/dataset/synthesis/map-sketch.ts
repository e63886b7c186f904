import type { ColumnRef, Core, Literal, Operand, Predicate, Sketch } from '../../sql/sketch/sketch.ts';

/** Replaces a sketch's tables, columns and literals; called in the order in which the sketch says them. */
export interface SketchMapper {
  table(word: string): string;
  column(ref: ColumnRef): ColumnRef;
  /** `predicate` is what the literal belongs to; none for a limit. */
  literal(literal: Literal, predicate: Predicate | undefined): Literal;
}

function mapOperand<T extends Operand>(operand: T, mapper: SketchMapper): T;
function mapOperand(operand: Operand, mapper: SketchMapper): Operand {
  switch (operand.kind) {
    case 'all':
      return operand;
    case 'column':
      return mapper.column(operand);
    case 'arithmetic':
      return { ...operand, left: mapper.column(operand.left), right: mapper.column(operand.right) };
    case 'date-part':
      return { ...operand, column: mapper.column(operand.column) };
    case 'aggregate':
      return operand.argument.kind === 'star'
        ? operand
        : { ...operand, argument: mapOperand(operand.argument, mapper) };
  }
}

function mapPredicate(predicate: Predicate, mapper: SketchMapper): Predicate {
  return {
    ...predicate,
    left: mapOperand(predicate.left, mapper),
    literals: predicate.literals.map((literal) => mapper.literal(literal, predicate)),
    ...(predicate.column ? { column: mapper.column(predicate.column) } : {}),
    ...(predicate.subquery ? { subquery: mapCore(predicate.subquery, mapper) } : {}),
  };
}

function mapCore(core: Core, mapper: SketchMapper): Core {
  const mapped: Core = {
    from: core.from.map((word) => mapper.table(word)),
    distinct: core.distinct,
    items: core.items.map((item) => mapOperand(item, mapper)),
    where: core.where.map((predicate) => mapPredicate(predicate, mapper)),
    group: core.group.map((item) => mapOperand(item, mapper)),
    having: core.having.map((predicate) => mapPredicate(predicate, mapper)),
    order: core.order.map((item) => ({ ...item, operand: mapOperand(item.operand, mapper) })),
  };
  if (core.limit === undefined) return mapped;
  const limit = mapper.literal({ kind: 'number', value: core.limit }, undefined);
  return { ...mapped, limit: String(limit.value) };
}

export function mapSketch(sketch: Sketch, mapper: SketchMapper): Sketch {
  const core = mapCore(sketch.core, mapper);
  return sketch.set ? { core, set: { ...sketch.set, right: mapCore(sketch.set.right, mapper) } } : { core };
}

/** Every core of a sketch: its own, those of its subqueries and of a set operation's right side. */
export function coresOf(sketch: Sketch): Core[] {
  const inner = (core: Core): Core[] => [
    core,
    ...[...core.where, ...core.having].flatMap((predicate) =>
      predicate.subquery ? inner(predicate.subquery) : [],
    ),
  ];
  return [...inner(sketch.core), ...(sketch.set ? inner(sketch.set.right) : [])];
}
