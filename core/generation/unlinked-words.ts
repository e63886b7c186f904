import type { DatabaseSchema } from '../contract/index.ts';
import { operationWords } from '../schema/find-mentions.ts';
import type { ValueHint } from '../schema/index.ts';
import { collectDates, collectNumbers } from '../schema/collect-literals.ts';
import { normaliseValue } from '../schema/find-hints.ts';
import { splitName, splitQuestion, stemWord, stopWords } from '../schema/question-words.ts';
import { relatedness } from '../schema/related-words.ts';

/** Words of questions that no column need stand for: time, amount, order, and how one asks. */
const genericWords = new Set(
  `time times year years month months day days week weeks today yesterday now current currently ago last next recent recently
  date when amount many much few several number numbers total sum mean average median percentage percent share ratio
  difference greater larger smaller bigger lower higher equal exactly least most above below popular common frequent
  frequently often rarely rank ranking row rows table tables column columns database data entry entries result results
  answer question want like need know see look also only just all any some please can could would i we you me us my our
  your exist exists there available show display list find get give return tell compute calculate determine identify
  different distinct unique various kind kinds type types people person someone anyone everyone thing things one ones
  live lives living lived reside resides work works working worked own owns owned belong belongs belonging come comes
  buy buys bought sell sells sold pay pays paid place placed put move moved send sent write wrote written say said
  born die died play plays played win won lose lost teach teaches taught study studying join joined leave left keep kept
  work stand call called know known become became bring brought begin began run running ran say visit visited stop
  release released publish published produce produced launch launched open opened close closed register registered
  assign assigned perform performed attend attended participate participated involve involved consist consists support
  earn earns earned cost costs lead leads led head heads die exceed exceeds exceeding fall falls reach reached become
  group groups grouped sort sorted order ordered alphabetically ascending descending among whose who whom which what where
  long short big small old young new early late high low good bad first second third half same other another both either
  neither every per use used using make made take taken come came go went been being do done start started end ended
  report retrieve receive received substring contain containing alphabetic lexicographic reversed reverse except happen
  happened happens appear appears appearing listed full well but whole contains count counts held hold holds
  expensive cheap costly popular famous important valuable successful productive busy heavy tall deep fast slow rich poor
  money everything anything something nothing
  offer offers offered got get gets getting spend spent manage managed serve serving stay staying
  include including included associated related respectively correspond overall together without within
  more less than between during since until before after name named names called id ids value values`.split(
    /\s+/,
  ),
);

/** From this nearness on a word stands for a name of the schema; 0.6 to 0.8 are kinds and derived words. */
const nearEnough = 0.5;

/** What words a schema offers: the parts of its names, its comments, and the labels of its enums. */
function wordsOfSchema({ tables }: DatabaseSchema): string[] {
  const texts = tables.flatMap((table) => [
    table.name,
    table.comment ?? '',
    ...table.columns.flatMap(({ name, comment, enumLabels }) => [name, comment ?? '', ...(enumLabels ?? [])]),
  ]);
  return [...new Set(texts.flatMap(splitName))].filter((word) => word.length > 1);
}

export interface WordEvidence {
  /** Words that say what is asked for, in the question's order. */
  content: string[];
  /** How far the content words are from the schema, summed: 0 for each that is in it, 1 for each without relation. */
  distance: number;
  /** Those that nothing in the schema, its values or related words stands for. */
  unlinked: string[];
  /** Whether one of them stands in the schema, or in a stored value, as it is. */
  named: boolean;
}

/**
 * Which of a question's content words something stands for: a name of the schema by stem, by a common beginning or by a
 * related word, or a stored value. Names (words in capitals, words in quotes) may be values that nobody has seen yet, so
 * they are left out.
 */
export function findUnlinkedWords(
  schema: DatabaseSchema,
  question: string,
  hints: readonly ValueHint[],
): WordEvidence {
  const words = splitQuestion(question);
  const known = wordsOfSchema(schema);
  const valueWords = new Set([
    ...hints.flatMap(({ value }) => normaliseValue(value).split(' ')),
    ...placesOf(words, hints),
  ]);
  const content = [...new Set(words.filter((word, index) => isContent(word, isQuoted(words, index))))];
  const nearness = content.map((word) => (valueWords.has(stemWord(word)) ? 1 : nearnessTo(word, known)));
  return {
    content,
    named: nearness.includes(1),
    distance: nearness.reduce((sum, near) => sum + 1 - near, 0),
    unlinked: content.filter((_word, index) => (nearness[index] ?? 0) < nearEnough),
  };
}

/** Stems of the words that hints stand for where the question spells a value otherwise. */
function placesOf(words: readonly string[], hints: readonly ValueHint[]): string[] {
  return hints.flatMap(({ start = 0, length = 0 }) => words.slice(start, start + length).map(stemWord));
}

function isContent(word: string, quoted: boolean): boolean {
  const lower = word.toLowerCase();
  if (quoted || !/^\p{L}{2}/u.test(word)) return false;
  // Names of things may be values. The first word's own capital is taken off by `splitQuestion`.
  if (word !== lower || /['’]|\p{L}{3}(est|ly)$/u.test(lower)) return false;
  const fixed = [stopWords, operationWords, genericWords];
  if (fixed.some((list) => list.has(lower) || list.has(stemWord(lower)))) return false;
  return collectDates([word]).length === 0 && collectNumbers([word]).length === collectNumbers([]).length;
}

/** `splitQuestion` sets quotation marks apart. */
function isQuoted(words: readonly string[], index: number): boolean {
  return (
    words.slice(0, index).filter((word) => word === '"').length % 2 === 1 && words.slice(index).includes('"')
  );
}

/** 0 to 1, of the nearest name. */
function nearnessTo(word: string, known: readonly string[]): number {
  const parts = [stemWord(word), ...splitName(word)];
  if (known.some((name) => parts.some((part) => isSameBeginning(part, name)))) return 1;
  return Math.max(0, ...known.map((name) => relatedness(word.toLowerCase(), name)));
}

/** `invoice` and `invoicing`, `dept` is no beginning of `department` for this. */
function isSameBeginning(word: string, name: string): boolean {
  if (word === name) return true;
  return Math.min(word.length, name.length) >= 4 && (word.startsWith(name) || name.startsWith(word));
}
