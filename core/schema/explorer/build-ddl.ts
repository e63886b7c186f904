import type { ColumnDetails, TableDetails } from '../../contract/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import { quoteLiteral, quoteTable } from './quote-names.ts';

/**
 * The statements that would make the table anew, built from its catalogue: the relation, its indexes, triggers and
 * comments. Types, functions, sequences and partitions are named, not made; grants and storage are left out.
 */
export function buildDdl(table: TableDetails): string {
  const name = quoteTable({ namespace: table.namespace, table: table.name });
  const statements = [
    createRelation(table, name),
    // Inside CREATE TABLE they would hold at once.
    ...table.constraints
      .filter(({ validated }) => !validated)
      .map(
        (constraint) =>
          `ALTER TABLE ${name} ADD CONSTRAINT ${quoteIdentifier(constraint.name)} ${constraint.definition};`,
      ),
    ...table.indexes
      .filter(({ constraint }) => constraint === undefined)
      .map(({ definition }) => `${definition};`),
    ...table.triggers.map(({ definition }) => `${definition};`),
    ...commentsOn(table, name),
  ];
  return `${statements.join('\n\n')}\n`;
}

function createRelation(table: TableDetails, name: string): string {
  const query = table.viewDefinition?.replace(/;\s*$/, '');
  if (table.kind === 'view') return `CREATE VIEW ${name} AS\n${query};`;
  if (table.kind === 'materialized-view') return `CREATE MATERIALIZED VIEW ${name} AS\n${query};`;
  const lines = [
    ...table.columns.map(columnLine),
    ...table.constraints
      .filter(({ validated }) => validated)
      .map((constraint) => `CONSTRAINT ${quoteIdentifier(constraint.name)} ${constraint.definition}`),
  ];
  const ending = table.partitionKey === undefined ? '' : ` PARTITION BY ${table.partitionKey}`;
  const kind = table.kind === 'foreign-table' ? 'FOREIGN TABLE' : 'TABLE';
  const body = lines.length === 0 ? '()' : `(\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`;
  const remark = kind === 'TABLE' ? '' : '-- Its server and options are not shown here.\n';
  return `${remark}CREATE ${kind} ${name} ${body}${ending};`;
}

function columnLine(column: ColumnDetails): string {
  const identity = column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT';
  return [
    quoteIdentifier(column.name),
    column.type,
    column.collation === undefined ? '' : `COLLATE ${quoteIdentifier(column.collation)}`,
    column.generated === undefined
      ? ''
      : `GENERATED ALWAYS AS (${column.generated})${column.virtual ? '' : ' STORED'}`,
    column.identity === undefined ? '' : `GENERATED ${identity} AS IDENTITY`,
    column.default === undefined ? '' : `DEFAULT ${column.default}`,
    column.nullable ? '' : 'NOT NULL',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function commentsOn(table: TableDetails, name: string): string[] {
  const kinds = { view: 'VIEW', 'materialized-view': 'MATERIALIZED VIEW', 'foreign-table': 'FOREIGN TABLE' };
  const kind = table.kind in kinds ? kinds[table.kind as keyof typeof kinds] : 'TABLE';
  const own =
    table.comment === undefined ? [] : [`COMMENT ON ${kind} ${name} IS ${quoteLiteral(table.comment)};`];
  const ofColumns = table.columns.flatMap((column) =>
    column.comment === undefined
      ? []
      : [`COMMENT ON COLUMN ${name}.${quoteIdentifier(column.name)} IS ${quoteLiteral(column.comment)};`],
  );
  return [[...own, ...ofColumns].join('\n')].filter((text) => text !== '');
}
