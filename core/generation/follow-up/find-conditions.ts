import { collectNumbers } from '../../schema/collect-literals.ts';
import { normaliseValue } from '../../schema/find-hints.ts';
import type { ValueHint } from '../../schema/index.ts';
import { stemWord } from '../../schema/question-words.ts';
import { writeColumn, type FoundColumn, type QueryScope } from './query-scope.ts';
import { readNumber, type PlacedWord } from './rules.ts';
import { findAggregate, listOf, columnNames, fieldsOf, type SelectNode } from './sql-nodes.ts';

/** A condition that a follow-up adds, or puts in place of the one on the same column. */
export interface FoundCondition {
  text: string;
  /** Undefined for a condition on an aggregate, which belongs to HAVING. */
  column?: FoundColumn | undefined;
}

const fillers = new Set(
  `a an the of in on at for from to by with and or is are was were be that which who whose those these them they it
  ones one only just same instead now there where have has had having live lives living located based placed made status
  value values equal equals year month during within still too also ones. s`.split(/\s+/),
);

const comparisons: [RegExp, string][] = [
  [/^(at least|no less than|minimum)$/, '>='],
  [/^(at most|no more than|up to|maximum)$/, '<='],
  [
    /^(over|above|exceeding|more than|greater than|higher than|larger than|bigger than|older than|longer than|better than)$/,
    '>',
  ],
  [
    /^(under|below|less than|fewer than|lower than|smaller than|cheaper than|younger than|shorter than|worse than)$/,
    '<',
  ],
];

/** What of a phrase is claimed so far; what nothing claims makes it a question of its own. */
class Claims {
  readonly phrase: readonly PlacedWord[];
  private readonly claimed = new Set<number>();

  constructor(phrase: readonly PlacedWord[]) {
    this.phrase = phrase;
  }

  claim(words: readonly PlacedWord[]): void {
    for (const { at } of words) this.claimed.add(at);
  }

  get free(): PlacedWord[] {
    return this.phrase.filter(({ at }) => !this.claimed.has(at));
  }
}

/** The conditions of a phrase ("in Berlin", "over 100", "2023"); undefined where a word of it means something else. */
export function findConditions(
  scope: QueryScope,
  select: SelectNode,
  phrase: readonly PlacedWord[],
  hints: readonly ValueHint[],
): FoundCondition[] | undefined {
  const claims = new Claims(phrase);
  const conditions = [
    ...findValues(scope, select, claims, hints),
    ...findComparisons(scope, select, claims),
    ...findTimes(scope, select, claims),
    ...findFlags(scope, claims),
  ];
  const named = scope.namedPlaces(claims.free);
  const left = claims.free.filter(({ word, at }) => !fillers.has(word) && !named.has(at));
  return conditions.length > 0 && left.length === 0 ? conditions : undefined;
}

/** Stored values that the phrase names. Of several columns that hold one, the query's own wins, most of all a filtered one. */
function findValues(
  scope: QueryScope,
  select: SelectNode,
  claims: Claims,
  hints: readonly ValueHint[],
): FoundCondition[] {
  const filtered = new Set(whereColumns(scope, select).map(writeColumn));
  const places = Map.groupBy(
    hints.flatMap((hint) => {
      const words = placeOf(claims.phrase, hint);
      const found = words && scope.locate(hint.table, hint.column);
      return words && found ? [{ hint, words, found }] : [];
    }),
    ({ words }) => words.map(({ at }) => at).join(' '),
  );
  return [...places.values()].flatMap((group) => {
    const cost = ({ found }: (typeof group)[number]) =>
      found.joins.length * 2 - (filtered.has(writeColumn(found)) ? 1 : 0);
    const [best] = group.toSorted((a, b) => cost(a) - cost(b));
    if (!best || best.words.some(({ at }) => !claims.free.some((word) => word.at === at))) return [];
    claims.claim(best.words);
    return [{ text: `${writeColumn(best.found)} = ${quoteText(best.hint.value)}`, column: best.found }];
  });
}

function placeOf(
  phrase: readonly PlacedWord[],
  { value, start, length }: ValueHint,
): PlacedWord[] | undefined {
  if (start !== undefined && length !== undefined) {
    const own = phrase.filter(({ at }) => at >= start && at < start + length);
    return own.length > 0 ? own : undefined;
  }
  const wanted = normaliseValue(value);
  for (let size = wanted.split(' ').length, first = 0; first + size <= phrase.length; first++) {
    const words = phrase.slice(first, first + size);
    if (normaliseValue(words.map(({ word }) => word).join(' ')) === wanted) return words;
  }
  return undefined;
}

/** `over 100`, `price below 20`: of the named number column, of a lone aggregate of groups, or of the query's only number. */
function findComparisons(scope: QueryScope, select: SelectNode, claims: Claims): FoundCondition[] {
  const { phrase } = claims;
  return phrase.flatMap((_, at) => {
    for (const size of [3, 2, 1]) {
      const words = phrase.slice(at, at + size);
      const operator = comparisons.find(([pattern]) =>
        pattern.test(words.map(({ word }) => word).join(' ')),
      )?.[1];
      const amount = phrase[at + size];
      if (operator === undefined || !amount || !isNumber(amount.word)) continue;
      const target = comparedTo(
        scope,
        select,
        claims.free.filter((word) => !words.includes(word) && word !== amount),
      );
      if (!target) return [];
      claims.claim([...words, amount]);
      return [{ text: `${target.text} ${operator} ${readNumber(amount.word)}`, column: target.column }];
    }
    return [];
  });
}

const isNumber = (word: string) =>
  /^\d/.test(word) || !collectNumbers([]).includes(collectNumbers([word])[0] ?? '0');

function comparedTo(
  scope: QueryScope,
  select: SelectNode,
  rest: readonly PlacedWord[],
): FoundCondition | undefined {
  const named = rest.length > 0 ? scope.findColumn(rest, 'number') : undefined;
  if (named) return { text: writeColumn(named), column: named };
  const targets = listOf(select, 'targetList').flatMap(
    (target) => fieldsOf(target, 'ResTarget')?.['val'] ?? [],
  );
  const aggregated = targets.filter((value) => findAggregate(value) !== undefined);
  if (aggregated.length > 0) return undefined;
  const numbers = targets
    .flatMap((value) => scope.resolveNode(value) ?? [])
    .filter(({ column }) => column.kind === 'number');
  const [only] = numbers;
  return only && numbers.length === 1 ? { text: writeColumn(only), column: only } : undefined;
}

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);

/** `2023`, `since March 2024`, `in May`: of the date that the query uses, or of the first of its tables. */
function findTimes(scope: QueryScope, select: SelectNode, claims: Claims): FoundCondition[] {
  const { free } = claims;
  const year = free.find(({ word }) => /^(19|20)\d{2}$/.test(word));
  const month = free.find(({ word }) => months.includes(word));
  const named = free.filter(({ word }) => word !== year?.word && word !== month?.word);
  const date = (year ?? month) && (scope.findColumn(named, 'date') ?? scope.findDate(select));
  if (!date) return [];
  const bound = free.find(({ word }) => /^(since|after|before|until)$/.test(word));
  claims.claim([year, month, bound].filter((word) => word !== undefined));
  return [{ text: writeTime(writeColumn(date), year?.word, month?.word, bound?.word), column: date }];
}

function writeTime(
  column: string,
  year: string | undefined,
  month: string | undefined,
  bound: string | undefined,
): string {
  const index = month === undefined ? 0 : months.indexOf(month);
  if (year === undefined) return `EXTRACT(MONTH FROM ${column}) = ${index + 1}`;
  const start = new Date(Date.UTC(Number(year), index, 1));
  const end =
    month === undefined
      ? new Date(Date.UTC(Number(year) + 1, 0, 1))
      : new Date(Date.UTC(Number(year), index + 1, 1));
  const text = (date: Date) => `'${date.toISOString().slice(0, 10)}'`;
  if (bound === 'since') return `${column} >= ${text(start)}`;
  if (bound === 'after') return `${column} >= ${text(end)}`;
  if (bound === 'before' || bound === 'until') return `${column} < ${text(start)}`;
  return `${column} >= ${text(start)} AND ${column} < ${text(end)}`;
}

/** `active` for a boolean column is_active. */
function findFlags(scope: QueryScope, claims: Claims): FoundCondition[] {
  return claims.free.flatMap((word) => {
    if (fillers.has(word.word)) return [];
    const flag = scope.tables.flatMap(({ table }) =>
      table.columns
        .filter(
          ({ kind, column }) =>
            kind === 'boolean' && stemWord(column.name.replace(/^(is|has)_/, '')) === stemWord(word.word),
        )
        .map((column) => scope.locate(table.word, column.word)),
    )[0];
    if (!flag) return [];
    claims.claim([word]);
    return [{ text: writeColumn(flag), column: flag }];
  });
}

/** The columns that top-level conditions compare with something. */
export function whereColumns(scope: QueryScope, select: SelectNode): FoundColumn[] {
  return conditionsOf(select).flatMap((condition) => columnsIn(scope, condition));
}

/** A WHERE's conditions that all must hold. */
export function conditionsOf(select: SelectNode): SelectNode[] {
  const where = select['whereClause'];
  const all = fieldsOf(where, 'BoolExpr');
  if (all?.['boolop'] === 'AND_EXPR') return listOf(all, 'args');
  return where === undefined ? [] : [where as SelectNode];
}

export function columnsIn(scope: QueryScope, condition: unknown): FoundColumn[] {
  if (Array.isArray(condition)) return condition.flatMap((item) => columnsIn(scope, item));
  if (typeof condition !== 'object' || condition === null) return [];
  if (fieldsOf(condition as SelectNode, 'SubLink')) return [];
  const names = columnNames(condition as SelectNode);
  if (names) return [scope.resolve(names)].filter((found) => found !== undefined);
  return Object.values(condition).flatMap((item) => columnsIn(scope, item));
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
