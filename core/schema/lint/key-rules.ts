import type { Constraint, Index, TableDetails } from '../../contract/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import { quoteList, quoteTable } from '../explorer/quote-names.ts';
import { holdsRows, type LintInput, type Remark } from './rule.ts';

export function quoted({ namespace, name }: TableDetails): string {
  return quoteTable({ namespace, table: name });
}

/** `a, b` for sentences. */
export function listed(columns: readonly string[]): string {
  return columns.join(', ');
}

/** Rows that nothing tells apart cannot be addressed, replicated or joined to. */
export function findMissingPrimaryKey(table: TableDetails): Remark[] {
  if (!holdsRows(table) || table.primaryKey.length > 0) return [];
  return [
    {
      rule: 'missing-primary-key',
      severity: 'warning',
      columns: [],
      title: `${table.name} has no primary key.`,
      explanation:
        'Nothing tells its rows apart: a duplicate cannot be deleted alone, logical replication cannot update rows, ' +
        'and a join to it may multiply rows without anybody noticing.',
      ...(table.kind === 'table' ? { ddl: addPrimaryKey(table) } : {}),
    },
  ];
}

function addPrimaryKey(table: TableDetails): string {
  const candidate = table.indexes.find((index) => couldBePrimaryKey(table, index));
  if (candidate !== undefined) {
    return `ALTER TABLE ${quoted(table)} ADD PRIMARY KEY (${candidate.keys.join(', ')});`;
  }
  const names = new Set(table.columns.map(({ name }) => name));
  const free = ['id', `${table.name}_id`, 'row_id'].find((name) => !names.has(name)) ?? 'surrogate_id';
  const column = `${quoteIdentifier(free)} bigint GENERATED ALWAYS AS IDENTITY`;
  return `ALTER TABLE ${quoted(table)} ADD COLUMN ${column} PRIMARY KEY;`;
}

function couldBePrimaryKey({ columns }: TableDetails, index: Index): boolean {
  const plain = index.keys.map((key) => columns.find(({ name }) => quoteIdentifier(name) === key));
  return (
    index.unique && index.valid && !index.predicate && plain.every((column) => column?.nullable === false)
  );
}

/** Without an index on the referring side each delete or key change of the other table reads this one whole. */
export function findUnindexedForeignKeys(table: TableDetails): Remark[] {
  if (!holdsRows(table)) return [];
  return table.constraints
    .filter(
      ({ kind, columns }) => kind === 'foreign-key' && !table.indexes.some((index) => serves(index, columns)),
    )
    .map(({ name, columns, target }) => ({
      rule: 'unindexed-foreign-key',
      severity: 'warning',
      columns,
      title: `The foreign key ${name} (${listed(columns)}) has no index.`,
      explanation:
        `Each delete${target ? ` from ${target.table}` : ''} and each change of its key reads ${table.name} whole to find ` +
        'rows that refer to it, and joins along the key cannot use an index. It does not matter while the table is small.',
      ddl: `CREATE INDEX${table.kind === 'table' ? ' CONCURRENTLY' : ''} ON ${quoted(table)} (${quoteList(columns)});`,
    }));
}

/** Whether the first keys of the index are the columns, in whatever order; an index of the non-null rows will do. */
function serves(index: Index, columns: readonly string[]): boolean {
  const first = index.keys.slice(0, columns.length);
  const whole =
    index.predicate === undefined ||
    columns.every((column) => index.predicate === `(${quoteIdentifier(column)} IS NOT NULL)`);
  return (
    index.valid &&
    ['btree', 'hash'].includes(index.method) &&
    whole &&
    columns.every((column) => first.includes(quoteIdentifier(column)))
  );
}

/** PostgreSQL takes a key between types that it can compare; each comparison then casts. */
export function findMismatchedTypes(table: TableDetails, { tables }: LintInput): Remark[] {
  return table.constraints.flatMap((constraint) => {
    const { target } = constraint;
    const other = tables.find((one) => one.namespace === target?.namespace && one.name === target.table);
    if (constraint.kind !== 'foreign-key' || other === undefined || target === undefined) return [];
    return constraint.columns.flatMap((column, place) =>
      compareTypes(table, constraint, { column, other, otherColumn: target.columns[place] ?? '' }),
    );
  });
}

interface Pair {
  column: string;
  other: TableDetails;
  otherColumn: string;
}

function compareTypes(table: TableDetails, { name }: Constraint, pair: Pair): Remark[] {
  const { column, other, otherColumn } = pair;
  const type = table.columns.find((one) => one.name === column)?.type;
  const otherType = other.columns.find((one) => one.name === otherColumn)?.type;
  if (type === undefined || otherType === undefined || type === otherType) return [];
  const narrower = isNarrower(type, otherType);
  const [side, to] = narrower || !isNarrower(otherType, type) ? [table, otherType] : [other, type];
  const changed = side === table ? column : otherColumn;
  return [
    {
      rule: 'mismatched-key-types',
      severity: narrower ? 'error' : 'warning',
      columns: [column],
      title: `${table.name}.${column} is ${type}, and ${other.name}.${otherColumn}, to which ${name} leads, is ${otherType}.`,
      explanation: narrower
        ? `${type} cannot hold every value of ${otherType}: once keys grow beyond it, rows can no longer refer to them. ` +
          'Changing the type rewrites the table and locks it meanwhile.'
        : 'Both sides of a key should have one type: joins cast otherwise, and what fits on one side may not fit on the ' +
          'other. Changing the type rewrites the table and locks it meanwhile.',
      ddl: `ALTER TABLE ${quoted(side)} ALTER COLUMN ${quoteIdentifier(changed)} TYPE ${to};`,
    },
  ];
}

const integerWidths = new Map([
  ['smallint', 2],
  ['integer', 4],
  ['bigint', 8],
]);

/** Of two types of a kind: whether the first holds less. */
function isNarrower(type: string, other: string): boolean {
  const [width, otherWidth] = [integerWidths.get(type), integerWidths.get(other)];
  if (width !== undefined && otherWidth !== undefined) return width < otherWidth;
  const [length, otherLength] = [lengthOf(type), lengthOf(other)];
  return length !== undefined && otherLength !== undefined && length < otherLength;
}

/** Of a text type in characters; `text` has no end. */
function lengthOf(type: string): number | undefined {
  if (type === 'text' || type === 'character varying') return Infinity;
  const [, digits] = /^character(?: varying)?\((\d+)\)$/.exec(type) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** A unique constraint takes any number of rows with NULL in it. */
export function findNullableUnique(table: TableDetails, { majorVersion }: LintInput): Remark[] {
  if (!holdsRows(table)) return [];
  return table.indexes.flatMap((index): Remark[] => {
    const columns = table.columns.filter(({ name }) => index.keys.includes(quoteIdentifier(name)));
    const nullable = columns.filter((column) => column.nullable).map(({ name }) => name);
    if (!index.unique || index.predicate !== undefined || index.nullsNotDistinct || nullable.length === 0) {
      return [];
    }
    const several = index.keys.length > 1;
    return [
      {
        rule: 'nullable-unique',
        severity: several ? 'warning' : 'info',
        columns: nullable,
        title: `${index.name} is unique, but ${listed(nullable)} may be NULL.`,
        explanation: several
          ? `Rows with NULL in ${listed(nullable)} are never equal to each other, so the same ${listed(columns.map(({ name }) => name))} may be stored any number of times.`
          : 'Any number of rows may have NULL there. That is right for an optional value, and a gap for a key.',
        ddl: forbidNulls(table, index, nullable, majorVersion),
      },
    ];
  });
}

function forbidNulls(table: TableDetails, index: Index, nullable: string[], majorVersion: number): string {
  const notNull = `ALTER TABLE ${quoted(table)} ${nullable.map((name) => `ALTER COLUMN ${quoteIdentifier(name)} SET NOT NULL`).join(', ')};`;
  if (majorVersion < 15 || index.constraint === undefined) return notNull;
  const name = quoteIdentifier(index.constraint);
  const remade = `ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} UNIQUE NULLS NOT DISTINCT (${index.keys.join(', ')});`;
  return `${notNull}\n-- Or let NULL count as a value that may be there once:\n-- ${remade}`;
}

const wideBytes = 48;

/** Each reference and each index entry repeats a key, so a long text costs at every place. */
export function findWideTextKeys(table: TableDetails): Remark[] {
  const [name, ...others] = table.primaryKey;
  const column = table.columns.find((one) => one.name === name);
  const averageBytes = column?.statistics?.averageBytes ?? 0;
  const isText = column !== undefined && /^(text|character)/.test(column.type);
  if (others.length > 0 || !isText || averageBytes < wideBytes) return [];
  return [
    {
      rule: 'wide-text-key',
      severity: 'info',
      columns: [column.name],
      title: `The primary key ${column.name} is a text of ${averageBytes} bytes on average.`,
      explanation:
        'Every index and every row that refers to it repeats it. A short surrogate key beside a unique constraint on ' +
        'the text is smaller and faster; it is a change of the data model, so there is no statement to offer.',
    },
  ];
}
