/** The prompt of models that write sketches with pointers: the one place where it is built, for training and for asking. */
import {
  pointSchema,
  type ColumnView,
  type LiteralChoices,
  type PointerValues,
  type SchemaView,
  type TableView,
} from '../sql/sketch/index.ts';
import type { ValueHint } from './find-hints.ts';
import {
  findMentions,
  findNamedPlaces,
  isNameWord,
  type Mention,
  type MentionGrade,
} from './find-mentions.ts';
import { literalChoices, pointerValues, pointValues, type ValuePointer } from './point-values.ts';
import { splitQuestion } from './question-words.ts';
import { chooseTables } from './choose-prompt-tables.ts';

export interface PointerPrompt {
  text: string;
  /** The tables that the prompt holds, pointers as their words. */
  view: SchemaView;
  pointers: ValuePointer[];
  /** What the answer may hold besides names. */
  literals: LiteralChoices;
  /** Reads the answer's pointers back. */
  values: PointerValues;
}

export interface PointerPromptInput {
  view: SchemaView;
  question: string;
  hints: readonly ValueHint[];
  /** Tables that come first, by the view's words. */
  needed?: readonly string[] | undefined;
}

const kindLetters: Record<ColumnView['kind'], string> = {
  number: 'n',
  text: 't',
  date: 'd',
  boolean: 'b',
  other: 'o',
};

/** `creditLimit`, `credit_limit` → credit limit. */
const nameWords = (name: string) =>
  name
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(' ')
    .toLowerCase();

function columnText(view: SchemaView, table: TableView, column: ColumnView): string {
  const isKey = table.table.primaryKey.includes(column.column.name);
  const edge = view.edges.find(
    (candidate) => candidate.from === table.word && candidate.fromColumns.includes(column.column.name),
  );
  const marks = `${kindLetters[column.kind]}${isKey ? ' key' : ''}${edge ? ` > ${edge.to}` : ''}`;
  return `${column.word} ${nameWords(column.column.name)} ${marks}`;
}

/** A pointed schema: `Ta singer Ca singer id n key Cb name t …`. Never a row. */
export function serializePointed(view: SchemaView): string {
  return view.tables
    .map((table) =>
      [
        `${table.word} ${nameWords(table.table.name)}`,
        ...table.columns.map((column) => columnText(view, table, column)),
      ].join(' '),
    )
    .join(' ');
}

const gradeMarks: Record<MentionGrade, string> = { exact: ':', part: '~', related: '?' };

function mentionText(mentions: readonly Mention[], pointed: ReadonlyMap<object, string>): string[] {
  let last: MentionGrade | undefined;
  return mentions.flatMap(({ grade, table, column }) => {
    const pointer = pointed.get(column?.column ?? table.table);
    if (pointer === undefined) return [];
    const mark = grade === last ? [] : [gradeMarks[grade]];
    last = grade;
    return [...mark, pointer];
  });
}

/** `value Va : Cb`, `number Na`, `year Nb Da Db`: what a literal says by itself is left to its pointer. */
function valueText(pointer: ValuePointer): string[] {
  if (pointer.kind === 'date') return [pointer.word];
  const isYear = /^(1[5-9]|20)\d\d$/.test(pointer.text);
  const kind = pointer.kind === 'value' ? 'value' : isYear ? 'year' : 'number';
  const exact = pointer.stored.filter(({ isExact }) => isExact).map(({ column }) => column);
  const near = pointer.stored.filter(({ isExact }) => !isExact).map(({ column }) => column);
  return [
    ...[kind, pointer.word],
    ...(exact.length > 0 ? [':', ...exact.slice(0, 4)] : []),
    ...(near.length > 0 ? ['~', ...near.slice(0, 3)] : []),
  ];
}

/** The question's words, each literal replaced by its pointer, each mention followed by what it may mean. */
function questionText(
  words: readonly string[],
  pointers: readonly ValuePointer[],
  mentions: readonly Mention[],
  pointed: ReadonlyMap<object, string>,
): string[] {
  const isHidden = (at: number) =>
    pointers.some(({ kind, start, length }) => kind !== 'date' && start <= at && at < start + length);
  return words.flatMap((word, at) => {
    const shown = isHidden(at) || word === '"' ? [] : [word.toLowerCase()];
    const values = pointers.filter(({ start, length }) => start + length - 1 === at).flatMap(valueText);
    const named = mentions.filter(({ start, length }) => start + length - 1 === at);
    return [...shown, ...values, ...mentionText(named, pointed)];
  });
}

/**
 * `Ta … Ca … Cb … | words : Cb value Va : Cc …` on one line, the schema first, so that it is a common beginning of many questions'
 * prompts. Everything that only this database knows is a pointer.
 */
export function buildPointerPrompt({ view, question, hints, needed }: PointerPromptInput): PointerPrompt {
  const words = splitQuestion(question);
  const tables = chooseTables(view, words, hints, needed);
  const pointedView = pointSchema(view, tables);
  const pointed = new Map<object, string>();
  const columnWords = new Map<string, string>();
  for (const [index, table] of pointedView.tables.entries()) {
    pointed.set(table.table, table.word);
    table.columns.forEach((column, at) => {
      pointed.set(column.column, column.word);
      columnWords.set(`${tables[index]?.word}.${tables[index]?.columns[at]?.word}`, column.word);
    });
  }
  const isNamed = findNamedPlaces(view, words);
  const isName = (word: string) => isNameWord(view, word);
  const pointers = pointValues({ words, view: pointedView, hints, columnWords, isNamed, isName });
  const taken = new Set(
    pointers
      .filter(
        ({ kind, stored }) => kind !== 'date' && (stored.some(({ isExact }) => isExact) || kind === 'number'),
      )
      .flatMap(({ start, length }) => Array.from({ length }, (_, at) => start + at)),
  );
  // A flag is no place to store a word, so it is named beside the values of the same name: `active`.
  const flags = findMentions(view, words).filter(
    ({ start, column }) => taken.has(start) && column?.kind === 'boolean',
  );
  const mentions = [...findMentions(view, words, taken), ...flags];
  const asked = questionText(words, pointers, mentions, pointed);
  return {
    text: `${serializePointed(pointedView)} | ${asked.join(' ')} |`,
    view: pointedView,
    pointers,
    literals: literalChoices(pointers, pointedView),
    values: pointerValues(pointers, pointedView),
  };
}
