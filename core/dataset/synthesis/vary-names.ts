import type { DatabaseSchema, Table } from '../../contract/index.ts';
import type { ValueSample } from '../../schema/find-hints.ts';
import type { SchemaView } from '../../sql/sketch/schema-view.ts';
import type { Sketch } from '../../sql/sketch/sketch.ts';
import { mapSketch } from './map-sketch.ts';
import { isSpeakable, nameWords, pluralOf, singularOf } from './natural-names.ts';
import type { Random } from './random.ts';

/** A schema under other names, and what its questions may still call everything. */
export interface NamedSchema {
  schema: DatabaseSchema;
  samples: ValueSample[];
  /** `table` and `table.column` under their new names → the names to speak by. */
  spoken: ReadonlyMap<string, string>;
  /** `table` and `table.column` under their old names → the new name. */
  renamed: ReadonlyMap<string, string>;
}

const shortForms = new Map(
  Object.entries({
    number: 'num no nbr',
    quantity: 'qty',
    amount: 'amt',
    department: 'dept',
    description: 'desc descr',
    average: 'avg',
    address: 'addr',
    customer: 'cust',
    employee: 'emp',
    product: 'prod',
    organization: 'org',
    category: 'cat',
    name: 'nm name',
    date: 'dt date',
    code: 'cd code',
    type: 'typ type',
    identifier: 'id',
    maximum: 'max',
    minimum: 'min',
    location: 'loc',
    manager: 'mgr',
    year: 'yr year',
    account: 'acct',
    transaction: 'txn trans',
    student: 'stu',
    professor: 'prof',
    reference: 'ref',
    percent: 'pct',
    telephone: 'tel',
    country: 'ctry country',
    population: 'pop',
    total: 'tot total',
    document: 'doc',
    message: 'msg',
    group: 'grp',
    first: 'f first',
    last: 'l last',
    price: 'prc price',
    status: 'stat status',
  }).map(([word, forms]) => [word, forms.split(' ')]),
);

interface Style {
  join: (words: readonly string[]) => string;
  abbreviates: boolean;
  prefixes: boolean;
  tables: 'singular' | 'plural' | 'same';
  /** Share of names that give way to a synonym. */
  synonyms: number;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const joins: Style['join'][] = [
  (words) => words.join('_'),
  (words) => words.map((word, index) => (index === 0 ? word : capital(word))).join(''),
  (words) => words.map(capital).join(''),
  (words) => words.map(capital).join('_'),
  (words) => words.join(''),
];

function chooseStyle(random: Random): Style {
  const index = random.chance(0.6) ? 0 : random.below(joins.length);
  return {
    join: joins[index] ?? ((words) => words.join('_')),
    abbreviates: random.chance(0.2),
    prefixes: random.chance(0.12),
    tables: random.pick(['singular', 'plural', 'same', 'same']),
    synonyms: random.pick([0, 0.15, 0.3, 0.5]),
  };
}

export type NameSynonyms = ReadonlyMap<string, readonly string[]>;

/** Words that mean something else in company. */
export const bareWords: ReadonlySet<string> = new Set(
  'name first last date number code id total type'.split(' '),
);

function replaceWords(random: Random, words: readonly string[], synonyms: NameSynonyms): string[] {
  const whole = synonyms.get(singularOf(words.join(' ')));
  if (whole) return random.pick(whole).split(' ');
  return words.flatMap((word) => {
    // `last title` is no last name: such words have synonyms only on their own.
    const known = words.length > 1 && bareWords.has(word) ? undefined : synonyms.get(word);
    return known ? random.pick(known).split(' ') : [word];
  });
}

interface Renamed {
  name: string;
  /** What to say: the old name, or the new one where a synonym took its place. */
  spoken: string;
}

function renameWords(
  random: Random,
  style: Style,
  name: string,
  synonyms: NameSynonyms,
  prefix: string[],
): Renamed {
  const words = nameWords(name);
  // What nobody can read is not made another way unreadable.
  if (!isSpeakable(words)) return { name, spoken: name };
  const isReplaced = random.chance(style.synonyms);
  const kept = isReplaced ? replaceWords(random, words, synonyms) : words;
  const short = kept.map((word) => {
    const forms = style.abbreviates && random.chance(0.7) ? shortForms.get(word) : undefined;
    return forms ? random.pick(forms) : word;
  });
  const spoken = isReplaced && random.chance(0.4) ? kept.join('_') : words.join('_');
  const isPrefixed = prefix.length > 0 && !prefix.every((word) => short.includes(word));
  return { name: style.join(isPrefixed ? [...prefix, ...short] : short), spoken };
}

function renameTable(random: Random, style: Style, name: string, synonyms: NameSynonyms): Renamed {
  const { name: renamed, spoken } = renameWords(random, style, name, synonyms, []);
  if (style.tables === 'same' || renamed === name) return { name: renamed, spoken };
  const last = /[A-Za-z][a-z]+$/.exec(renamed)?.[0] ?? '';
  const form = (style.tables === 'plural' ? pluralOf : singularOf)(last.toLowerCase());
  const shaped = last !== '' && last.charAt(0) !== last.charAt(0).toLowerCase() ? capital(form) : form;
  return { name: renamed.slice(0, renamed.length - last.length) + shaped, spoken };
}

/** The same tables and columns in another order and under other names. */
export function varyNames(
  random: Random,
  schema: DatabaseSchema,
  samples: readonly ValueSample[],
  synonyms: NameSynonyms,
): NamedSchema {
  const style = chooseStyle(random);
  const renamed = new Map<string, string>();
  const spoken = new Map<string, string>();
  const takenTables = new Set<string>();
  for (const table of schema.tables) {
    const proposed = renameTable(random, style, table.name, synonyms);
    const isFree = proposed.name !== '' && !takenTables.has(proposed.name.toLowerCase());
    const { name, spoken: said } = isFree ? proposed : { name: table.name, spoken: table.name };
    takenTables.add(name.toLowerCase());
    renamed.set(table.name, name);
    spoken.set(name, said);
    const taken = new Set<string>();
    const prefix = style.prefixes ? nameWords(name).slice(0, 1).map(singularOf) : [];
    for (const column of table.columns) {
      const other = renameWords(random, style, column.name, synonyms, prefix);
      const isColumnFree = other.name !== '' && !taken.has(other.name.toLowerCase());
      const choice = isColumnFree ? other : { name: `${column.name}_2`, spoken: column.name };
      taken.add(choice.name.toLowerCase());
      renamed.set(`${table.name}.${column.name}`, choice.name);
      spoken.set(`${name}.${choice.name}`, choice.spoken);
    }
  }
  const tables = schema.tables.map((table) => applyNames(table, renamed));
  return {
    schema: {
      ...schema,
      tables: random.sample(tables, tables.length).map((table) => shuffle(random, table)),
    },
    samples: samples.map((sample) => ({
      ...sample,
      table: renamed.get(sample.table) ?? sample.table,
      column: renamed.get(`${sample.table}.${sample.column}`) ?? sample.column,
    })),
    spoken,
    renamed,
  };
}

function applyNames(table: Table, renamed: ReadonlyMap<string, string>): Table {
  const nameOf = (owner: string, column: string) => renamed.get(`${owner}.${column}`) ?? column;
  return {
    ...table,
    name: renamed.get(table.name) ?? table.name,
    columns: table.columns.map((column) => ({ ...column, name: nameOf(table.name, column.name) })),
    primaryKey: table.primaryKey.map((column) => nameOf(table.name, column)),
    foreignKeys: table.foreignKeys.map((key) => ({
      ...key,
      columns: key.columns.map((column) => nameOf(table.name, column)),
      targetTable: renamed.get(key.targetTable) ?? key.targetTable,
      targetColumns: key.targetColumns.map((column) => nameOf(key.targetTable, column)),
    })),
  };
}

function shuffle(random: Random, table: Table): Table {
  const [first, ...rest] = table.columns;
  return first && random.chance(0.6)
    ? { ...table, columns: [first, ...random.sample(rest, rest.length)] }
    : table;
}

/** A sketch of the schema under its old names (`from`), under its new ones (`to`). */
export function renameSketch(
  sketch: Sketch,
  from: SchemaView,
  to: SchemaView,
  renamed: ReadonlyMap<string, string>,
): Sketch {
  const tableTo = (word: string) => {
    const old = from.tableByWord.get(word)?.table.name ?? word;
    return to.tables.find((table) => table.table.name === renamed.get(old));
  };
  return mapSketch(sketch, {
    table: (word) => tableTo(word)?.word ?? word,
    column(ref) {
      const table = from.tableByWord.get(ref.table);
      const old = table?.columnByWord.get(ref.column)?.column.name ?? ref.column;
      const target = tableTo(ref.table);
      const name = renamed.get(`${table?.table.name ?? ''}.${old}`);
      const column = target?.columns.find((item) => item.column.name === name);
      return { kind: 'column', table: target?.word ?? ref.table, column: column?.word ?? ref.column };
    },
    literal: (literal) => literal,
  });
}
