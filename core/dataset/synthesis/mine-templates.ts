import { collectNumbers } from '../../schema/collect-literals.ts';
import { splitQuestion, stemWord, stopWords } from '../../schema/question-words.ts';
import { planJoins, type JoinEdge, type SchemaView } from '../../sql/sketch/schema-view.ts';
import type {
  ColumnRef,
  Literal,
  Operand,
  Predicate,
  PredicateOperator,
  Sketch,
} from '../../sql/sketch/sketch.ts';
import { boundBy, isNameClass, isPersonTable, roleOf, standsFor } from './column-class.ts';
import { findStems, findText, overlaps, variantsOf, type Span } from './find-slots.ts';
import { coresOf, mapSketch } from './map-sketch.ts';
import { nameWords, sayTable } from './natural-names.ts';
import type { ColumnSlot, LiteralSlot, NumberForm, Part, Template } from './template.ts';

/** A question of people, with its sketch on its schema. */
export interface SourcePair {
  source: string;
  view: SchemaView;
  question: string;
  sketch: Sketch;
}

/** Why a question gave no template. */
export class NoTemplateError extends Error {
  override readonly name = 'NoTemplateError';
}

function refuse(reason: string): never {
  throw new NoTemplateError(reason);
}

interface Found extends Span {
  part: Exclude<Part, string>;
  /** Share of the name that was found, to prefer whole names. */
  whole: boolean;
}

const idOf = (ref: ColumnRef) => `${ref.table}.${ref.column}`;

function columnOf(operand: Operand): ColumnRef | undefined {
  if (operand.kind === 'column') return operand;
  if (operand.kind === 'date-part') return operand.column;
  if (operand.kind === 'aggregate' && operand.argument.kind === 'column') return operand.argument;
  return undefined;
}

interface Described {
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

function describe(view: SchemaView, sketch: Sketch): Described {
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

const numberWord = /^(zero|one|two|three|four|five|six|seven|eight|nine|ten)$/i;

function saysNumber(word: string, value: string): boolean {
  const isNumber = /^\$?\d/.test(word) || numberWord.test(word);
  return isNumber && Number(collectNumbers([word])[0]) === Number(value);
}

/** Text first, so that `New York` is not taken for the column `new`. */
function findLiterals(words: readonly string[], described: Described): Found[] {
  const found: Found[] = [];
  const isFree = (span: Span) => !found.some((other) => overlaps(other, span));
  described.literals.forEach((slot, literal) => {
    if (slot.kind === 'number' || slot.kind === 'fixed') return;
    const span = findText(words, slot.value) ?? refuse('value not in the question');
    if (!isFree(span)) refuse('value twice in the sketch');
    found.push({ ...span, part: { slot: 'literal', literal, asWord: false }, whole: true });
    const column = described.columns.find((candidate) => candidate.id === slot.column);
    if (column) column.textValues++;
  });
  described.literals.forEach((slot, literal) => {
    if (slot.kind !== 'number') return;
    // `the one with the most` counts nothing.
    if (slot.isLimit && slot.value === '1') {
      slot.kind = 'fixed';
      return;
    }
    const start = words.findIndex(
      (word, index) => isFree({ start: index, length: 1 }) && saysNumber(word, slot.value),
    );
    if (start >= 0) {
      const asWord = !/\d/.test(words[start] ?? '');
      found.push({ start, length: 1, part: { slot: 'literal', literal, asWord }, whole: true });
      const column = described.columns.find((candidate) => candidate.id === slot.column);
      if (column?.role.columnClass === 'year') column.isYearStated = true;
    } else if (slot.isCount && (slot.value === '1' || slot.value === '0')) slot.kind = 'fixed';
    else refuse('number not in the question');
  });
  return found;
}

/** Whether the question's word adds or takes a plural ending. */
function formOf(word: string, name: readonly string[], ofTable: boolean): NumberForm {
  const isPlural = stemWord(word) !== word.toLowerCase().replace(/'s?$/, '');
  if (ofTable) return isPlural ? 'plural' : 'singular';
  const last = name.at(-1) ?? '';
  const isNamePlural = stemWord(last) !== last;
  if (isPlural === isNamePlural) return 'same';
  return isPlural ? 'plural' : 'singular';
}

const verbs = new Set('name state list show rank order count number return title film'.split(' '));

function findNames(view: SchemaView, words: readonly string[], described: Described): Found[] {
  // `Name all…`, `State the…`: what a question begins with may be a verb.
  const stems = words.map((word, index) => (index === 0 && verbs.has(word) ? '' : stemWord(word)));
  const found: Found[] = [];
  const add = (
    spans: Span[],
    whole: boolean,
    ofTable: boolean,
    name: readonly string[],
    make: (form: NumberForm, ending: string) => Found['part'],
  ) => {
    for (const span of spans) {
      const last = words[span.start + span.length - 1] ?? '';
      const ending = /'s?$/.exec(last)?.[0] ?? '';
      found.push({ ...span, whole, part: make(formOf(last, name, ofTable), ending) });
    }
  };
  for (const slot of described.columns) {
    const table = view.tableByWord.get(slot.table) ?? refuse('unknown table');
    const name = table.columnByWord.get(slot.column)?.column.name ?? slot.column;
    variantsOf(name, table.table.name).forEach((variant, index) => {
      add(findStems(stems, variant), index < 2, false, nameWords(name), (form, ending) => ({
        slot: 'column',
        column: slot.id,
        form,
        ending,
      }));
    });
  }
  for (const word of described.tables) {
    const name = view.tableByWord.get(word)?.table.name ?? word;
    const said = sayTable(name);
    variantsOf(said)
      .slice(0, 2)
      .forEach((variant, index) => {
        add(findStems(stems, variant), index === 0, true, nameWords(said), (form, ending) => ({
          slot: 'table',
          table: word,
          form,
          ending,
        }));
      });
  }
  return found;
}

const rank = (found: Found) =>
  found.length * 4 + (found.whole ? 2 : 0) + (found.part.slot === 'table' ? 1 : 0);

/** The longest finds that do not overlap; a span that two columns claim equally goes to them in turn. */
function chooseFinds(found: Found[], fixed: Found[]): Found[] {
  const chosen = [...fixed];
  const used = new Map<string, number>();
  const keyOf = (item: Found) =>
    item.part.slot === 'column' ? item.part.column : item.part.slot === 'table' ? item.part.table : '';
  const spans = Map.groupBy(
    found.toSorted((a, b) => rank(b) - rank(a) || a.start - b.start),
    (item) => `${item.start}+${item.length}`,
  );
  for (const group of spans.values()) {
    const [first] = group;
    if (!first || chosen.some((other) => overlaps(other, first))) continue;
    const best = group.filter((item) => rank(item) === rank(first));
    const item = best.toSorted((a, b) => (used.get(keyOf(a)) ?? 0) - (used.get(keyOf(b)) ?? 0))[0] ?? first;
    if (new Set(best.map(keyOf)).size > 1 && best.every((other) => used.has(keyOf(other))))
      refuse('ambiguous name');
    used.set(keyOf(item), (used.get(keyOf(item)) ?? 0) + 1);
    chosen.push(item);
  }
  return chosen.toSorted((a, b) => a.start - b.start);
}

function edgesOf(view: SchemaView, sketch: Sketch): JoinEdge[] {
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

const isKeyOf = (edges: readonly JoinEdge[], view: SchemaView, slot: ColumnSlot) => {
  const name = view.tableByWord.get(slot.table)?.columnByWord.get(slot.column)?.column.name ?? '';
  return edges.some(
    (edge) =>
      (edge.from === slot.table && edge.fromColumns.includes(name)) ||
      (edge.to === slot.table && edge.toColumns.includes(name)),
  );
};

/** Says for each column how the question speaks of it; refuses where it does not. */
function mention(slot: ColumnSlot, loose: readonly string[], finds: readonly Found[], isKey: boolean): void {
  const isSaidById = isKey && loose.some((word) => /^ids?$/i.test(word));
  slot.isBound ||= isSaidById || loose.some((word) => boundBy(word).classes.includes(slot.role.columnClass));
  if (finds.some((item) => item.part.slot === 'column' && item.part.column === slot.id))
    slot.mention = 'named';
  else if (slot.textValues > 0 || slot.isYearStated) slot.mention = 'value';
  else if (loose.some((word) => standsFor(word, slot.role.columnClass))) slot.mention = 'adjective';
  else if (!isKey && !slot.role.isKey && (slot.isCounted || !isNameClass(slot.role.columnClass)))
    refuse('column not in the question');
}

function checkLoose(loose: readonly string[], described: Described): void {
  const classes = new Set(described.columns.map((slot) => slot.role.columnClass));
  for (const word of loose) {
    const { classes: fitting, strict } = boundBy(word);
    if (strict && !fitting.some((columnClass) => classes.has(columnClass)))
      refuse('adjective without its column');
  }
  const own = new Set(
    [...described.columns.map((slot) => slot.column), ...described.tables].flatMap((name) =>
      nameWords(name).map(stemWord),
    ),
  );
  const plain = new Set([
    'name',
    'number',
    'id',
    'total',
    'average',
    'year',
    'date',
    'count',
    'first',
    'last',
    'type',
    'code',
  ]);
  for (const word of loose) {
    const stem = stemWord(word);
    if (own.has(stem) && !stopWords.has(stem) && !plain.has(stem)) refuse('name outside of the slots');
  }
}

/** `number of` before a number's column is part of its name: the average number of rooms. */
function takeNumberOf(words: readonly string[], finds: readonly Found[], described: Described): Found[] {
  return finds.map((find) => {
    const { part } = find;
    const slot =
      part.slot === 'column' ? described.columns.find((item) => item.id === part.column) : undefined;
    if (slot?.role.kind !== 'number' || slot.isCounted || slot.role.isKey || slot.role.isForeign) return find;
    const before = words
      .slice(Math.max(0, find.start - 2), find.start)
      .join(' ')
      .toLowerCase();
    if (before !== 'number of' && before !== 'numbers of') return find;
    return { ...find, start: find.start - 2, length: find.length + 2 };
  });
}

/** Some gold SQL says `> 2` for "at least 2": with other numbers that teaches the wrong operator. */
function checkOperators(question: string, sketch: Sketch): void {
  const operators = new Set(
    coresOf(sketch).flatMap((core) =>
      [...core.where, ...core.having].flatMap((item) => (item.literals.length > 0 ? [item.operator] : [])),
    ),
  );
  const mismatches: [RegExp, PredicateOperator, PredicateOperator][] = [
    [/\bat least\b|\bor more\b/i, '>', '>='],
    [/\bmore than\b|\bover\b/i, '>=', '>'],
    [/\bat most\b|\bor less\b|\bor fewer\b/i, '<', '<='],
    [/\b(less|fewer) than\b/i, '<=', '<'],
  ];
  const orders = coresOf(sketch).flatMap((core) => (core.limit === undefined ? [] : core.order));
  const asksLeast = /\b(fewest|lowest|smallest)\b|(?<!at )\bleast\b/i.test(question);
  if (asksLeast && orders.length > 0 && orders.every((order) => order.descending))
    refuse('order says otherwise');
  for (const [words, wrong, right] of mismatches)
    if (words.test(question) && operators.has(wrong) && !operators.has(right))
      refuse('operator says otherwise');
}

function partsOf(words: readonly string[], finds: readonly Found[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const find of finds) {
    parts.push(...words.slice(at, find.start), find.part);
    at = find.start + find.length;
  }
  return [...parts, ...words.slice(at)];
}

/** The template of one question. Throws NoTemplateError with the reason where it gives none. */
export function mineTemplate(pair: SourcePair): Template {
  const { view, sketch } = pair;
  const words = splitQuestion(pair.question);
  if (words.filter((word) => word === '"').length % 2 > 0) refuse('quote without its end');
  checkOperators(pair.question, sketch);
  const described = describe(view, sketch);
  const edges = edgesOf(view, sketch);
  const literals = findLiterals(words, described);
  const finds = takeNumberOf(words, chooseFinds(findNames(view, words, described), literals), described);
  const parts = partsOf(words, finds);
  const loose = parts.filter((part) => typeof part === 'string');
  checkLoose(loose, described);
  // Some of Spider's numbers are kept as text; PostgreSQL averages none.
  if (described.columns.some((slot) => slot.isAggregated && slot.role.kind === 'text'))
    refuse('aggregate of text');
  for (const slot of described.columns) mention(slot, loose, finds, isKeyOf(edges, view, slot));
  const asksWho = loose.some((word) => /^who(m)?$/i.test(word));
  const tables = described.tables.map((word) => ({
    word,
    isNamed: finds.some((item) => item.part.slot === 'table' && item.part.table === word),
    isPerson: asksWho && isPersonTable(view, word),
  }));
  if (asksWho && !described.tables.some((word) => isPersonTable(view, word))) refuse('who, without people');
  return {
    source: pair.source,
    parts,
    sketch,
    tables,
    columns: described.columns,
    literals: described.literals,
    edges,
  };
}

/** The words outside of a template's slots. */
export const looseWords = (template: Template) =>
  template.parts.filter((part) => typeof part === 'string').map(stemWord);

/** In how many sources' questions a word has to stand to be no matter of one subject. */
const minSources = 5;

/** Names of tables, which belong to their subjects however often they are asked of. */
function tableNouns(pairs: readonly SourcePair[]): Set<string> {
  const views = new Set(pairs.map((pair) => pair.view));
  const nouns = [...views].flatMap((view) =>
    view.tables.map((table) => nameWords(table.table.name).map(stemWord)),
  );
  return new Set(
    nouns.flatMap((words) => (words.length === 1 ? words : [])).filter((word) => !stopWords.has(word)),
  );
}

/** Templates whose loose words are everybody's: those of many subjects, and those that bind a column's class. */
function dropSubjects(mined: readonly Template[], nouns: ReadonlySet<string>): Template[] {
  const sources = new Map<string, Set<string>>();
  for (const template of mined)
    for (const word of looseWords(template))
      sources.set(word, (sources.get(word) ?? new Set()).add(template.source));
  const isEverybodys = (word: string) =>
    boundBy(word).classes.length > 0 || ((sources.get(word)?.size ?? 0) >= minSources && !nouns.has(word));
  return mined.filter((template) => looseWords(template).every(isEverybodys));
}

/** All templates of the pairs, and how often each reason refused one. */
export function mineTemplates(pairs: readonly SourcePair[]): {
  templates: Template[];
  refused: Map<string, number>;
} {
  const refused = new Map<string, number>();
  const mined = pairs.flatMap((pair) => {
    try {
      return [mineTemplate(pair)];
    } catch (error) {
      if (!(error instanceof NoTemplateError)) throw error;
      refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
      return [];
    }
  });
  const templates = dropSubjects(mined, tableNouns(pairs));
  refused.set('words of one subject', mined.length - templates.length);
  return { templates, refused };
}
