import { collectNumbers } from '../../schema/collect-literals.ts';
import { stemWord } from '../../schema/question-words.ts';
import type { SchemaView } from '../../sql/sketch/schema-view.ts';
import { refuse, type Described } from './describe-sketch.ts';
import { findStems, findText, overlaps, variantsOf, type Span } from './find-slots.ts';
import { nameWords, sayTable } from './natural-names.ts';
import type { NumberForm, Part } from './template.ts';

/** A run of words that becomes a slot. */
export interface Found extends Span {
  part: Exclude<Part, string>;
  /** Share of the name that was found, to prefer whole names. */
  whole: boolean;
}

const numberWord = /^(zero|one|two|three|four|five|six|seven|eight|nine|ten)$/i;

function saysNumber(word: string, value: string): boolean {
  const isNumber = /^\$?\d/.test(word) || numberWord.test(word);
  return isNumber && Number(collectNumbers([word])[0]) === Number(value);
}

/** Text first, so that `New York` is not taken for the column `new`. */
export function findLiterals(words: readonly string[], described: Described): Found[] {
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

/** Every place where the question may name a table or column of the sketch. */
export function findNames(view: SchemaView, words: readonly string[], described: Described): Found[] {
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
export function chooseFinds(found: Found[], fixed: Found[]): Found[] {
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

/** `number of` before a number's column is part of its name: the average number of rooms. */
export function takeNumberOf(
  words: readonly string[],
  finds: readonly Found[],
  described: Described,
): Found[] {
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

/** The question's words with slots in the places that were found. */
export function partsOf(words: readonly string[], finds: readonly Found[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const find of finds) {
    parts.push(...words.slice(at, find.start), find.part);
    at = find.start + find.length;
  }
  return [...parts, ...words.slice(at)];
}
