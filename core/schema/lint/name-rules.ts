import type { TableDetails } from '../../contract/index.ts';
import { isReservedWord, quoteIdentifier } from '../../sql/identifiers.ts';
import { quoteLiteral } from '../explorer/quote-names.ts';
import { quoted } from './key-rules.ts';
import type { LintInput, Remark, SequenceUse } from './rule.ts';

/** Key words as names, and names that must be quoted at every place. */
export function findAwkwardNames(table: TableDetails, { tables }: LintInput): Remark[] {
  const tableNames = new Set(
    tables.filter(({ namespace }) => namespace === table.namespace).map(({ name }) => name),
  );
  const columnNames = new Set(table.columns.map(({ name }) => name));
  const kind = table.kind === 'view' || table.kind === 'materialized-view' ? table.kind : 'table';
  const rename = `ALTER ${kind.replace('-', ' ').toUpperCase()} ${quoted(table)}`;
  const own = remarkOn(table.name, `The name ${table.name}`, [], (plain) =>
    tableNames.has(plain) ? undefined : `${rename} RENAME TO ${plain};`,
  );
  const ofColumns = table.columns.flatMap(({ name }) =>
    remarkOn(name, `The column name ${name}`, [name], (plain) =>
      columnNames.has(plain) ? undefined : `${rename} RENAME COLUMN ${quoteIdentifier(name)} TO ${plain};`,
    ),
  );
  return [...own, ...ofColumns];
}

function remarkOn(
  name: string,
  subject: string,
  columns: string[],
  renameTo: (plain: string) => string | undefined,
): Remark[] {
  if (quoteIdentifier(name) === name) return [];
  const isReserved = isReservedWord(name);
  const ddl = renameTo(plainName(name));
  return [
    {
      rule: isReserved ? 'reserved-name' : 'name-needs-quotes',
      severity: isReserved ? 'warning' : 'info',
      columns,
      title: isReserved ? `${subject} is a key word of SQL.` : `${subject} must be quoted.`,
      explanation:
        (isReserved
          ? 'Written without quotes it is a syntax error, or worse, something else.'
          : 'Written without quotes PostgreSQL looks for another name, all in small letters, and does not find it.') +
        ' Renaming breaks what uses the old name: views follow, functions and programs do not.',
      ...(ddl === undefined ? {} : { ddl }),
    },
  ];
}

/** `OrderLines` → `order_lines`, `order` → `order_`, `No.` → `no`. */
function plainName(name: string): string {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const started = /^[a-z_]/.test(snake) ? snake : `n_${snake}`;
  return isReservedWord(started) ? `${started}_` : started;
}

export function findMissingComment(table: TableDetails): Remark[] {
  if (table.comment !== undefined) return [];
  const kinds = { view: 'VIEW', 'materialized-view': 'MATERIALIZED VIEW', 'foreign-table': 'FOREIGN TABLE' };
  const kind = table.kind in kinds ? kinds[table.kind as keyof typeof kinds] : 'TABLE';
  return [
    {
      rule: 'missing-comment',
      severity: 'info',
      columns: [],
      title: `${table.name} has no comment.`,
      explanation:
        'Comments are what people and models know of a table beyond its name: questions are answered better where they say what a row is.',
      ddl: `COMMENT ON ${kind} ${quoted(table)} IS ${quoteLiteral('What one row is, in a sentence.')};`,
    },
  ];
}

const warnAt = 0.75;
const failAt = 0.9;

/** A sequence at its end makes every insert fail. */
export function findEndingSequences(table: TableDetails, { sequences }: LintInput): Remark[] {
  return sequences
    .filter((use) => use.namespace === table.namespace && use.table === table.name && !use.cycles)
    .flatMap((use): Remark[] => {
      const used = Number(use.lastValue) / Number(use.maximum);
      if (used < warnAt) return [];
      return [
        {
          rule: 'sequence-near-its-end',
          severity: used < failAt ? 'warning' : 'error',
          columns: [use.column],
          title: `${Math.floor(used * 100)} % of the numbers for ${table.name}.${use.column} (${use.type}) are used.`,
          explanation: `The sequence ${use.sequence} is at ${use.lastValue} of ${use.maximum}; after that every insert fails. A wider type rewrites the table and locks it meanwhile; foreign keys to it need the same.`,
          ...(use.type === 'bigint' ? {} : { ddl: widen(table, use) }),
        },
      ];
    });
}

function widen(table: TableDetails, { column, sequence, sequenceNamespace }: SequenceUse): string {
  const identity = table.columns.find(({ name }) => name === column)?.identity !== undefined;
  const wider = `ALTER TABLE ${quoted(table)} ALTER COLUMN ${quoteIdentifier(column)} TYPE bigint;`;
  // An identity's sequence follows its column's type.
  if (identity) return wider;
  return `${wider}\nALTER SEQUENCE ${quoteIdentifier(sequenceNamespace)}.${quoteIdentifier(sequence)} AS bigint;`;
}
