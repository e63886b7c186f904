import { splitQuestion, stemWord, stopWords } from '../../schema/question-words.ts';
import type { SchemaView } from '../../sql/sketch/schema-view.ts';
import type { PredicateOperator, Sketch } from '../../sql/sketch/sketch.ts';
import { boundBy, isNameClass, isPersonTable, standsFor } from './column-class.ts';
import {
  describeSketch,
  edgesOf,
  isKeyOf,
  NoTemplateError,
  refuse,
  type Described,
} from './describe-sketch.ts';
import { chooseFinds, findLiterals, findNames, partsOf, takeNumberOf, type Found } from './find-parts.ts';
import { coresOf } from './map-sketch.ts';
import { nameWords } from './natural-names.ts';
import type { ColumnSlot, Template } from './template.ts';

/** A question of people, with its sketch on its schema. */
export interface SourcePair {
  source: string;
  view: SchemaView;
  question: string;
  sketch: Sketch;
}

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

/** The template of one question. Throws NoTemplateError with the reason where it gives none. */
export function mineTemplate(pair: SourcePair): Template {
  const { view, sketch } = pair;
  const words = splitQuestion(pair.question);
  if (words.filter((word) => word === '"').length % 2 > 0) refuse('quote without its end');
  checkOperators(pair.question, sketch);
  const described = describeSketch(view, sketch);
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
