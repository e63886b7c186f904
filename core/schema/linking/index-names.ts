import type { Column, Table } from '../../contract/index.ts';
import type { ColumnView, SchemaView, TableView } from '../../sql/sketch/schema-view.ts';
import { splitName, stemWord, stopWords } from '../question-words.ts';
import { likenessOfShortForm, longFormsOf } from './abbreviations.ts';
import { findCopies } from './find-copies.ts';
import { splitCompound } from './split-compound.ts';

/** A table or a column by the words of its name. */
export interface NamedItem {
  /** Index of its table in `SchemaView.tables`. */
  table: number;
  column?: ColumnView | undefined;
  /** A column that refers to another table: what it is called, that table is. */
  isReference: boolean;
  /** Ids of the words of its name: a column's without its table's, where others remain. */
  words: number[];
  /** Ids of the words of its comment that its name lacks. */
  commentWords: number[];
}

export interface SchemaWord {
  word: string;
  /** Rarer words weigh more: inverse document frequency over tables, from 0 to 1. */
  weight: number;
  /** Items whose names hold it, and those whose comments do. */
  items: number[];
  commented: number[];
  /** Whether it only says of which part of the schema a table is: `hr_`, `crm_`. */
  isPrefix: boolean;
}

/** The names of a schema, taken apart once: about 5 ms for 600 tables. */
export interface NameIndex {
  view: SchemaView;
  words: SchemaWord[];
  wordIds: Map<string, number>;
  items: NamedItem[];
  /** Index of a table's own item, and those of its columns, by the table's index. */
  itemsOf: number[][];
  /** Tables by their words → index. */
  tableIds: Map<string, number>;
  /** What short forms stand for in this schema, as its comments say: `prm` beside "Permits to work". */
  longForms: Map<string, Set<string>>;
  /** Other forms of a table that is there too (`orders_hist`), by index → the word that says so. */
  copies: Map<number, string>;
}

const indexes = new WeakMap<SchemaView, NameIndex>();

/** The index of a view; made once for each and kept as long as the view is. */
export function indexNames(view: SchemaView): NameIndex {
  const known = indexes.get(view);
  if (known) return known;
  const index = buildIndex(view);
  indexes.set(view, index);
  return index;
}

function buildIndex(view: SchemaView): NameIndex {
  const tableIds = new Map(view.tables.map(({ word }, id) => [word, id]));
  const copies = findCopies(view.tables.map(({ table }) => table.name));
  const index: NameIndex = {
    view,
    words: [],
    wordIds: new Map(),
    items: [],
    itemsOf: [],
    tableIds,
    copies,
    longForms: new Map(),
  };
  const references = new Set(
    view.edges.flatMap(({ from, fromColumns }) => fromColumns.map((name) => `${from}.${name}`)),
  );
  view.tables.forEach((table, id) => addTable(index, table, id, references));
  for (const word of index.words) {
    word.weight = weightOf(index, word);
  }
  for (const id of findPrefixes(index)) markPrefix(index, id);
  return index;
}

function addTable(
  index: NameIndex,
  { word, table, columns }: TableView,
  id: number,
  references: ReadonlySet<string>,
): void {
  const { name, comment } = wordsOfTable(table);
  const items = [addItem(index, { table: id, isReference: false, words: name, comment })];
  for (const column of columns) {
    const words = wordsOfColumn(column.column);
    const own = words.name.filter((word) => !name.includes(word));
    const shown = own.length > 0 ? own : words.name;
    const isReference = references.has(`${word}.${column.column.name}`);
    items.push(addItem(index, { table: id, column, isReference, words: shown, comment: words.comment }));
  }
  index.itemsOf.push(items);
}

/** Most letters of a prefix, and fewest tables that begin with it. */
const maxPrefixLetters = 5;
const minPrefixTables = 4;

/** Words that several tables' names begin with and that are never a name's last one. */
function findPrefixes(index: NameIndex): number[] {
  const begun = new Map<number, number>();
  const ends = new Set<number>();
  for (const { column, words } of index.items) {
    if (column) continue;
    const [first, last] = [words[0], words.at(-1)];
    if (first !== undefined) begun.set(first, (begun.get(first) ?? 0) + 1);
    if (last !== undefined) ends.add(last);
  }
  return [...begun].flatMap(([id, count]) => {
    const letters = index.words[id]?.word.length ?? 0;
    return count >= minPrefixTables && letters <= maxPrefixLetters && !ends.has(id) ? [id] : [];
  });
}

function markPrefix(index: NameIndex, id: number): void {
  const word = index.words[id];
  if (word) word.isPrefix = true;
}

/** Copies do not count: a table that is kept in four forms says a word once. */
function weightOf({ items, copies, view }: NameIndex, { items: named, commented }: SchemaWord): number {
  const tables = new Set([...named, ...commented].map((item) => items[item]?.table ?? -1));
  const all = view.tables.length - copies.size;
  const count = [...tables].filter((table) => !copies.has(table)).length;
  return Math.min(1, Math.log(1 + all / Math.max(1, count)) / Math.log(1 + all));
}

interface ItemDraft {
  table: number;
  column?: ColumnView;
  isReference: boolean;
  words: string[];
  comment: string[];
}

function addItem(index: NameIndex, { table, column, isReference, words, comment }: ItemDraft): number {
  const id = index.items.length;
  learnShortForms(index, words, comment);
  const own = [...new Set(words)].map((word) => internWord(index, word));
  const commentWords = [...new Set(comment)]
    .map((word) => internWord(index, word))
    .filter((word) => !own.includes(word));
  for (const word of own) index.words[word]?.items.push(id);
  for (const word of commentWords) index.words[word]?.commented.push(id);
  index.items.push({ table, column, isReference, words: own, commentWords });
  return id;
}

/** Surer forms only: a comment holds many words. */
const minLikeness = 0.7;

function learnShortForms(index: NameIndex, words: readonly string[], comment: readonly string[]): void {
  for (const word of words) {
    for (const long of comment) {
      const isShort = likenessOfShortForm(word, long) >= minLikeness || longFormsOf(word).includes(long);
      if (isShort) index.longForms.set(word, (index.longForms.get(word) ?? new Set()).add(long));
    }
  }
}

function internWord(index: NameIndex, word: string): number {
  const known = index.wordIds.get(word);
  if (known !== undefined) return known;
  const id = index.words.length;
  index.words.push({ word, weight: 0, items: [], commented: [], isPrefix: false });
  index.wordIds.set(word, id);
  return id;
}

interface Words {
  name: string[];
  comment: string[];
}

/** Tables and columns stay the same objects as long as their schema is kept; views come and go. */
const knownWords = new WeakMap<Table | Column, Words>();

const wordsOfTable = (table: Table) => remember(table, table.name, table.comment);
const wordsOfColumn = (column: Column) =>
  remember(column, column.name, [column.comment ?? '', ...(column.enumLabels ?? []).slice(0, 30)].join(' '));

function remember(key: Table | Column, name: string, comment = ''): Words {
  const known = knownWords.get(key);
  if (known) return known;
  const words = {
    name: splitName(name).flatMap(splitCompound),
    comment: splitName(comment.slice(0, 500))
      .map(stemWord)
      .filter((word) => word.length > 1 && !stopWords.has(word)),
  };
  knownWords.set(key, words);
  return words;
}
