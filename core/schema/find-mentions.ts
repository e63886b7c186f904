import type { ColumnView, SchemaView, TableView } from '../sql/sketch/schema-view.ts';
import { splitName, stemWord, stopWords } from './question-words.ts';
import { relatedness } from './related-words.ts';

/** `exact`: the whole name; `part`: one of its words; `related`: a word near in meaning to one of them. */
export type MentionGrade = 'exact' | 'part' | 'related';

/** Words of a question that may mean a table or a column. */
export interface Mention {
  /** Of its first word in the question. */
  start: number;
  /** In words. */
  length: number;
  grade: MentionGrade;
  score: number;
  table: TableView;
  column?: ColumnView;
}

interface Item {
  table: TableView;
  column?: ColumnView;
  /** Stems of the name, without those of its table's name where others remain. */
  own: string[];
  isForeignKey: boolean;
}

/** A schema's names, taken apart once. */
interface NameIndex {
  /** Stems of a name put together, with and without its table's → what is called so. */
  byName: Map<string, Item[]>;
  byWord: Map<string, Item[]>;
}

const indexes = new WeakMap<SchemaView, NameIndex>();

function append<K>(map: Map<K, Item[]>, key: K, item: Item): void {
  const items = map.get(key);
  if (!items) map.set(key, [item]);
  else if (!items.includes(item)) items.push(item);
}

function columnItem(view: SchemaView, table: TableView, column: ColumnView): Item {
  const implied = splitName(table.table.name);
  const words = splitName(column.column.name);
  const own = words.filter((word) => !implied.includes(word));
  const isForeignKey = view.edges.some(
    (edge) => edge.from === table.word && edge.fromColumns.includes(column.column.name),
  );
  return { table, column, own: own.length > 0 ? own : words, isForeignKey };
}

function indexNames(view: SchemaView): NameIndex {
  const index: NameIndex = { byName: new Map(), byWord: new Map() };
  for (const table of view.tables) {
    const own: Item = { table, own: splitName(table.table.name), isForeignKey: false };
    for (const item of [own, ...table.columns.map((column) => columnItem(view, table, column))]) {
      const name = item.column?.column.name ?? table.table.name;
      append(index.byName, splitName(name).join(''), item);
      append(index.byName, item.own.join(''), item);
      // `name_first` is asked for as the first name.
      if (item.own.length === 2) append(index.byName, item.own.toReversed().join(''), item);
      for (const word of item.own) append(index.byWord, word, item);
    }
  }
  return index;
}

function indexOf(view: SchemaView): NameIndex {
  const index = indexes.get(view) ?? indexNames(view);
  indexes.set(view, index);
  return index;
}

const maxSpanWords = 4;
/** Words that ask for an operation: they mean no column, whatever is near them in meaning. */
export const operationWords: ReadonlySet<string> = new Set(
  `different distinct whose other another same also only both either least highest lowest maximum minimum max min ascending
  descending order ordered sort sorted alphabetical alphabetically list name names value values id ids top first last
  information detail details corresponding following belong belongs contain contains having including please provide
  record records item items together across within without no never ever can could should would most fewest made make used use
  taken take given one two three four five six seven eight nine ten`.split(/\s+/),
);

const isWord = (word: string | undefined) => word !== undefined && /[\p{L}\p{N}]/u.test(word);

function findExact(index: NameIndex, words: readonly string[], stems: readonly string[]): Mention[] {
  return stems.flatMap((_stem, start) =>
    Array.from({ length: maxSpanWords }, (_, extra) => extra + 1).flatMap((length): Mention[] => {
      const span = words.slice(start, start + length);
      if (span.length < length || !span.every(isWord)) return [];
      if (span.every((word) => stopWords.has(word.toLowerCase()))) return [];
      const items = index.byName.get(stems.slice(start, start + length).join('')) ?? [];
      return items.map((item) => ({
        ...describe(item),
        start,
        length,
        grade: 'exact',
        score: 1 + length / 10,
      }));
    }),
  );
}

const describe = ({ table, column }: Item) => (column ? { table, column } : { table });

function isSamePrefix(stem: string, other: string): boolean {
  return Math.min(stem.length, other.length) >= 4 && (stem.startsWith(other) || other.startsWith(stem));
}

/** Columns that share a foreign key's word are named by it too, and better. */
const foreignKeyPenalty = 0.5;

function findParts(index: NameIndex, stems: readonly string[], start: number): Mention[] {
  const stem = stems[start] ?? '';
  return [...index.byWord].flatMap(([word, items]) => {
    const grade = stem === word ? 1 : isSamePrefix(stem, word) ? 0.8 : 0;
    if (grade === 0) return [];
    return items.map((item) => {
      const around = item.own.filter((part) => stems.includes(part)).length;
      const share = Math.max(1, around) / item.own.length;
      const score = grade * (0.4 + share / 2) - (item.isForeignKey ? foreignKeyPenalty : 0);
      return { ...describe(item), start, length: 1, grade: 'part' as const, score };
    });
  });
}

const minRelatedness = 0.6;

function findRelated(index: NameIndex, words: readonly string[], start: number): Mention[] {
  const asked = words[start]?.toLowerCase() ?? '';
  if (operationWords.has(asked) || asked.length < 3) return [];
  return [...index.byWord].flatMap(([word, items]) => {
    if (word.length < 3 || operationWords.has(word)) return [];
    const near = relatedness(asked, word);
    if (near < minRelatedness) return [];
    return items.map((item) => {
      const score = near / Math.sqrt(item.own.length) - (item.isForeignKey ? foreignKeyPenalty : 0);
      return { ...describe(item), start, length: 1, grade: 'related' as const, score };
    });
  });
}

const covers = (longer: Mention, shorter: Mention) =>
  longer.length > shorter.length &&
  longer.start <= shorter.start &&
  longer.start + longer.length >= shorter.start + shorter.length;

/** A column of a table that the question names is likelier than its namesake elsewhere. */
function favourNamedTables(mentions: Mention[]): Mention[] {
  const named = new Map<TableView, number>();
  for (const { table, column, grade, score } of mentions) {
    if (!column) named.set(table, Math.max(named.get(table) ?? 0, grade === 'exact' ? 0.5 : score / 4));
  }
  return mentions.map((mention) =>
    mention.column
      ? { ...mention, score: mention.score + (named.get(mention.table) ?? 0) }
      : { ...mention, score: mention.score + 0.3 },
  );
}

const mostPerGrade: Record<MentionGrade, number> = { exact: 4, part: 3, related: 2 };
/** Mentions of one place that score much less than its best one say nothing. */
const minShareOfBest = 0.6;

function keepBest(group: Mention[], grade: MentionGrade): Mention[] {
  const sorted = group.filter((mention) => mention.grade === grade).toSorted((a, b) => b.score - a.score);
  const [best] = sorted;
  return sorted
    .filter((mention) => mention.score > 0.2 && mention.score >= (best?.score ?? 0) * minShareOfBest)
    .slice(0, mostPerGrade[grade]);
}

/** Places of a question's words that are whole names of the schema. */
export function findNamedPlaces(view: SchemaView, words: readonly string[]): Set<number> {
  const stems = words.map((word) => stemWord(word));
  return new Set(
    findExact(indexOf(view), words, stems).flatMap(({ start, length }) =>
      Array.from({ length }, (_, at) => start + at),
    ),
  );
}

/** Whether a word is one of a name's words, as it stands. */
export function isNameWord(view: SchemaView, word: string): boolean {
  return indexOf(view).byWord.has(stemWord(word));
}

/**
 * What the words of a question may mean, place by place: at one place exact mentions first, beside a single one of a part;
 * words near in meaning only where nothing is named. `taken` are places that something else explains, such as values.
 */
export function findMentions(
  view: SchemaView,
  words: readonly string[],
  taken: ReadonlySet<number> = new Set(),
): Mention[] {
  const index = indexOf(view);
  const stems = words.map((word) => stemWord(word));
  const exact = findExact(index, words, stems).filter(({ start }) => !taken.has(start));
  const whole = exact.filter((mention) => !exact.some((other) => covers(other, mention)));
  const insideLonger = (at: number) =>
    whole.some(({ start, length }) => length > 1 && start <= at && at < start + length);
  const others = words.flatMap((word, start): Mention[] => {
    const isPlain =
      taken.has(start) || !isWord(word) || stopWords.has(word.toLowerCase()) || /^\d/.test(word);
    if (isPlain || insideLonger(start)) return [];
    const parts = findParts(index, stems, start);
    const isNamed =
      parts.some(({ score }) => score > 0.5) || whole.some((mention) => mention.start === start);
    return isNamed ? parts : [...parts, ...findRelated(index, words, start)];
  });
  const groups = Map.groupBy(
    favourNamedTables([...whole, ...others]),
    ({ start, length }) => `${start} ${length}`,
  );
  return [...groups.values()].flatMap(chooseInPlace);
}

function chooseInPlace(group: Mention[]): Mention[] {
  const exact = keepBest(group, 'exact');
  const known = new Set(exact.map(({ table, column }) => column ?? table));
  const isNew = ({ table, column }: Mention) => !known.has(column ?? table);
  const parts = keepBest(group, 'part').filter(isNew);
  if (exact.length > 0) return [...exact, ...parts.slice(0, 4 - exact.length)];
  const related = keepBest(group, 'related').filter(isNew);
  return [...parts, ...related];
}
