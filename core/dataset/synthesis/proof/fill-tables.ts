import type { Column, Table } from '../../../contract/index.ts';
import type { ValueSample } from '../../../schema/find-hints.ts';
import { quoteIdentifier } from '../../../sql/identifiers.ts';
import type { ColumnView, SchemaView, TableView } from '../../../sql/sketch/schema-view.ts';
import type { Literal, Predicate, Sketch } from '../../../sql/sketch/sketch.ts';
import { coresOf } from '../map-sketch.ts';
import type { Random } from '../random.ts';

/** Rows of each generated table: enough for groups and joins, few enough for thousands of statements a second. */
const rowsPerTable = 50;
const nullShare = 0.04;

/** What the sketches compare columns with, by `table.column` words: rows that match make results that prove more. */
export type ComparedValues = ReadonlyMap<string, readonly Literal[]>;

export function collectCompared(sketches: readonly Sketch[]): ComparedValues {
  const compared = new Map<string, Literal[]>();
  for (const sketch of sketches)
    for (const core of coresOf(sketch)) for (const predicate of core.where) addCompared(compared, predicate);
  return compared;
}

function addCompared(compared: Map<string, Literal[]>, { left, literals }: Predicate): void {
  const ref = left.kind === 'date-part' ? left.column : left;
  if (ref.kind !== 'column') return;
  const key = `${ref.table}.${ref.column}`;
  const known = compared.get(key) ?? [];
  const asDate = (literal: Literal): Literal =>
    left.kind === 'date-part' && left.name === 'year'
      ? { kind: 'text', value: `${String(literal.value)}-06-15` }
      : literal;
  compared.set(key, [...known, ...literals.map(asDate)]);
}

const twoDigits = (value: number) => String(value).padStart(2, '0');
const anyDate = (random: Random) =>
  `${1960 + random.below(65)}-${twoDigits(1 + random.below(12))}-${twoDigits(1 + random.below(28))}`;

/** Numbers about those that are compared with, so that conditions let some rows through and hold others back. */
function numbersFor(random: Random, column: Column, literals: readonly Literal[]): string[] {
  const isWhole = /^(smallint|integer|bigint)/.test(column.type);
  const limit = column.type.startsWith('smallint') ? 30_000 : 2_000_000_000;
  const given = literals.flatMap((literal) => (literal.kind === 'number' ? [Number(literal.value)] : []));
  const numbers = Array.from({ length: 40 }, () => {
    const centre = given.length > 0 ? random.pick(given) : random.pick([10, 100, 1000, 20_000]);
    const number = random.chance(0.25) ? centre : centre * random.next() * 2;
    return Math.min(limit, Math.max(0, number));
  });
  return numbers.map((number) => (isWhole ? String(Math.round(number)) : number.toFixed(2)));
}

function textsFor(
  random: Random,
  column: Column,
  sample: readonly string[],
  literals: readonly Literal[],
): string[] {
  const given = literals.flatMap((literal) => (literal.kind === 'text' ? [literal.value] : []));
  const around = given.flatMap((text) => [text, text, `${text} ${random.below(90) + 10}`]);
  const texts = [...sample, ...around];
  const filler = Array.from(
    { length: texts.length > 0 ? 3 : 20 },
    (_, index) => `${column.name} ${index + 1}`,
  );
  const size = Number(/\((\d+)\)/.exec(column.type)?.[1] ?? 10_000);
  return [...texts, ...filler].map((text) => text.slice(0, size));
}

function poolFor(
  random: Random,
  column: ColumnView,
  sample: readonly string[],
  literals: readonly Literal[],
): string[] {
  switch (column.kind) {
    case 'number':
      return numbersFor(random, column.column, literals);
    case 'text':
      return textsFor(random, column.column, sample, literals);
    case 'date': {
      const given = literals.flatMap((literal) =>
        literal.kind === 'text' && /^\d{4}-\d{2}-\d{2}$/.test(literal.value) ? [literal.value] : [],
      );
      return [...given, ...Array.from({ length: 30 }, () => anyDate(random))];
    }
    case 'boolean':
      return ['true', 'false'];
    case 'other':
      return [];
  }
}

/** Values of a key: different ones, of the key's kind, those that sketches compare it with among them. */
function keyValues(
  random: Random,
  column: ColumnView,
  sample: readonly string[],
  literals: readonly Literal[],
): string[] {
  const given = literals.flatMap((literal) => (literal.kind === 'boolean' ? [] : [literal.value]));
  const own =
    column.kind === 'number'
      ? [
          ...Array.from({ length: rowsPerTable }, (_, index) => String(index + 1)),
          ...given.map((text) => String(Math.round(Number(text)))),
        ]
      : column.kind === 'text'
        ? [
            ...given,
            ...sample,
            ...Array.from({ length: rowsPerTable }, (_, index) => `${column.column.name}${index + 1}`),
          ]
        : [
            ...poolFor(random, column, sample, literals),
            ...Array.from({ length: 80 }, () => anyDate(random)),
          ];
  return random.sample([...new Set(own)], rowsPerTable);
}

class Filler {
  private readonly pools = new Map<string, string[]>();
  private readonly random: Random;
  private readonly view: SchemaView;
  private readonly samples: ReadonlyMap<string, readonly string[]>;
  private readonly compared: ComparedValues;

  constructor(random: Random, view: SchemaView, samples: readonly ValueSample[], compared: ComparedValues) {
    this.random = random;
    this.view = view;
    this.samples = new Map(samples.map((sample) => [`${sample.table}.${sample.column}`, sample.values]));
    this.compared = compared;
  }

  /** What a column holds: where keys lead, the values that they lead to. */
  private pool(table: TableView, column: ColumnView, trail: readonly string[] = []): string[] {
    const key = `${table.word}.${column.word}`;
    const known = this.pools.get(key);
    if (known) return known;
    const made = trail.includes(key) ? undefined : this.parentPool(table, column, [...trail, key]);
    const literals = this.compared.get(key) ?? [];
    const sample = this.samples.get(`${table.table.name}.${column.column.name}`) ?? [];
    const isKey = table.table.primaryKey.includes(column.column.name) && table.table.primaryKey.length === 1;
    const pool = made ?? (isKey ? keyValues : poolFor)(this.random, column, sample, literals);
    this.pools.set(key, pool);
    return pool;
  }

  private parentPool(table: TableView, column: ColumnView, trail: readonly string[]): string[] | undefined {
    for (const edge of this.view.edges) {
      const index = edge.from === table.word ? edge.fromColumns.indexOf(column.column.name) : -1;
      const parent = this.view.tableByWord.get(edge.to);
      const target = parent?.columns.find((item) => item.column.name === edge.toColumns[index]);
      // A parent's key of another kind (Spider has some) leads nowhere.
      if (index >= 0 && parent && target?.kind === column.kind) return this.pool(parent, target, trail);
    }
    return undefined;
  }

  /** Few values often, many seldom, as in life: some groups are large. */
  private draw(pool: readonly string[]): string {
    return pool[Math.floor(pool.length * this.random.next() ** 2)] ?? '';
  }

  rowsOf(table: TableView): (string | undefined)[][] {
    const { primaryKey } = table.table;
    const pools = table.columns.map((column) => this.pool(table, column));
    const [only] = primaryKey.length === 1 ? primaryKey : [];
    const seen = new Set<string>();
    return Array.from({ length: rowsPerTable }, (_, index) =>
      table.columns.map((column, position) => {
        const pool = pools[position] ?? [];
        if (pool.length === 0) return undefined;
        if (column.column.name === only) return pool[index];
        const isKey = primaryKey.includes(column.column.name);
        return !isKey && column.column.nullable && this.random.chance(nullShare)
          ? undefined
          : this.draw(pool);
      }),
    ).filter((row) => {
      const key = JSON.stringify(
        primaryKey.map((name) => row[table.columns.findIndex((item) => item.column.name === name)] ?? null),
      );
      const isWhole = primaryKey.length === 0 || (!key.includes('null') && !seen.has(key));
      seen.add(key);
      return isWhole;
    });
  }
}

const quoteText = (text: string) => `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;

function createTable(table: Table): string {
  const typeOf = (column: Column) => (column.enumLabels ? 'text' : column.type);
  const columns = table.columns.map((column) => `${quoteIdentifier(column.name)} ${typeOf(column)}`);
  const key = table.primaryKey.map(quoteIdentifier).join(', ');
  return `CREATE TABLE ${quoteIdentifier(table.name)} (${[...columns, ...(key === '' ? [] : [`PRIMARY KEY (${key})`])].join(', ')})`;
}

/**
 * Statements that make a schema's tables in a namespace of their own and fill each with up to 50 rows that keys
 * connect. Keys are primary keys; foreign keys hold by the rows alone.
 */
export function fillTables(
  random: Random,
  view: SchemaView,
  samples: readonly ValueSample[],
  compared: ComparedValues,
): string {
  const filler = new Filler(random, view, samples, compared);
  const statements = view.tables.flatMap((table) => {
    const rows = filler
      .rowsOf(table)
      .map((row) => `(${row.map((value) => (value === undefined ? 'NULL' : quoteText(value))).join(',')})`);
    const insert = `INSERT INTO ${quoteIdentifier(table.table.name)} VALUES ${rows.join(',')}`;
    return rows.length > 0 ? [createTable(table.table), insert] : [createTable(table.table)];
  });
  return [`CREATE SCHEMA generated`, 'SET LOCAL search_path = generated', ...statements].join(';\n');
}
