import { isPointer } from './pointers.ts';
import type { Core, Literal, Operand, Predicate, Sketch } from './sketch.ts';

/** The words of a literal: text stands between quotes, its own words apart. */
export function literalWords(literal: Literal): string[] {
  if (literal.kind === 'text') return ["'", ...literal.value.split(/\s+/).filter(Boolean), "'"];
  return [String(literal.value)];
}

function columnWords(operand: Operand, qualify: boolean): string[] {
  switch (operand.kind) {
    case 'all':
      return ['*'];
    case 'column':
      return qualify ? [operand.table, '.', operand.column] : [operand.column];
    case 'arithmetic':
      return [
        ...columnWords(operand.left, qualify),
        operand.operator,
        ...columnWords(operand.right, qualify),
      ];
    case 'date-part':
      return [operand.name, '(', ...columnWords(operand.column, qualify), ')'];
    case 'aggregate': {
      const inner = operand.argument.kind === 'star' ? ['*'] : columnWords(operand.argument, qualify);
      return [operand.name, '(', ...(operand.distinct ? ['distinct'] : []), ...inner, ')'];
    }
  }
}

function rightWords(predicate: Predicate, qualify: boolean): string[] {
  if (predicate.subquery) return ['(', ...coreWords(predicate.subquery), ')'];
  if (predicate.column) return columnWords(predicate.column, qualify);
  const literals = predicate.literals.map(literalWords);
  if (predicate.operator === 'between') return [...(literals[0] ?? []), 'and', ...(literals[1] ?? [])];
  if (predicate.operator === 'in' || predicate.operator === 'not-in') {
    return ['(', ...joinWords(literals, ','), ')'];
  }
  return literals.flat();
}

function joinWords(parts: string[][], separator: string): string[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
}

function predicateWords(predicates: Predicate[], qualify: boolean): string[] {
  return predicates.flatMap((predicate, index) => [
    ...(index === 0 ? [] : [predicate.connector]),
    ...columnWords(predicate.left, qualify),
    predicate.operator,
    ...rightWords(predicate, qualify),
  ]);
}

function coreWords(core: Core): string[] {
  // A column that is a pointer says its table.
  const qualify = core.from.length > 1 && !isPointer(core.from[0] ?? '');
  const list = (operands: Operand[]) =>
    joinWords(
      operands.map((operand) => columnWords(operand, qualify)),
      ',',
    );
  const words = [
    'from',
    ...joinWords(
      core.from.map((table) => [table]),
      ',',
    ),
  ];
  words.push('select', ...(core.distinct ? ['distinct'] : []), ...list(core.items));
  if (core.where.length > 0) words.push('where', ...predicateWords(core.where, qualify));
  if (core.group.length > 0) words.push('group', ...list(core.group));
  if (core.having.length > 0) words.push('having', ...predicateWords(core.having, qualify));
  if (core.order.length > 0) {
    const items = core.order.map((item) => [
      ...columnWords(item.operand, qualify),
      ...(item.descending ? ['desc'] : []),
    ]);
    words.push('order', ...joinWords(items, ','));
  }
  if (core.limit !== undefined) words.push('limit', core.limit);
  return words;
}

/** The sketch as its words; `parseSketch` reads them back. */
export function writeSketch(sketch: Sketch): string[] {
  const words = coreWords(sketch.core);
  return sketch.set ? [...words, sketch.set.operator, ...coreWords(sketch.set.right)] : words;
}
