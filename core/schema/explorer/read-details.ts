import { AppError, type ColumnDetails, type Constraint, type Index } from '../../contract/index.ts';
import type { Reference, TableDetails, TableName, TableSummary } from '../../contract/index.ts';
import type { ReadRows } from '../introspect.ts';
import { detailsSql, summarySql } from './details-query.ts';

interface CatalogueTable {
  id: string;
  namespace: string;
  name: string;
  kind: 'r' | 'p' | 'v' | 'm' | 'f';
  comment: string | null;
  rowEstimate: number | null;
  owner: string;
  totalBytes: number;
  indexBytes: number;
  viewDefinition: string | null;
  partitionKey: string | null;
  partitions: string[] | null;
}

interface CatalogueColumn {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
  comment: string | null;
  labels: string[] | null;
  default: string | null;
  generated: string | null;
  virtual: true | null;
  identity: 'always' | 'by-default' | null;
  collation: string | null;
}

interface CatalogueStatistics {
  table: string;
  column: string;
  /** Negative: a fraction of the rows. 0: unknown. */
  distinct: number;
  nullFraction: number;
  averageBytes: number;
}

interface CatalogueConstraint {
  table: string;
  namespace: string;
  tableName: string;
  name: string;
  kind: 'p' | 'u' | 'f' | 'c' | 'x';
  definition: string;
  validated: boolean;
  deferrable: boolean;
  comment: string | null;
  columns: string[] | null;
  target: string;
  targetNamespace: string | null;
  targetName: string | null;
  targetColumns: string[] | null;
}

interface CatalogueIndex extends Omit<Index, 'included' | 'predicate' | 'constraint' | 'comment'> {
  table: string;
  included: string[] | null;
  predicate: string | null;
  constraint: string | null;
  comment: string | null;
  leafBytes: number | null;
}

interface Catalogue {
  tables: CatalogueTable[];
  columns: CatalogueColumn[];
  statistics: CatalogueStatistics[];
  constraints: CatalogueConstraint[];
  indexes: CatalogueIndex[];
  triggers: { table: string; name: string; enabled: boolean; definition: string }[];
}

const tableKinds: Record<CatalogueTable['kind'], TableDetails['kind']> = {
  ...{ r: 'table', p: 'partitioned-table', v: 'view', m: 'materialized-view', f: 'foreign-table' },
};
const constraintKinds: Record<CatalogueConstraint['kind'], Constraint['kind']> = {
  ...{ p: 'primary-key', u: 'unique', f: 'foreign-key', c: 'check', x: 'exclusion' },
};

/** Every table that the role may read, with all that its catalogue says. One round trip. */
export async function readDetails(read: ReadRows): Promise<TableDetails[]> {
  return assemble(await readDocument<Catalogue>(read, detailsSql, [null, null]));
}

/** @throws AppError NOT_FOUND where the role sees no such table */
export async function readTableDetails(
  read: ReadRows,
  { namespace, table }: TableName,
): Promise<TableDetails> {
  const [found] = assemble(await readDocument<Catalogue>(read, detailsSql, [namespace, table]));
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `There is no table ${namespace}.${table} that may be read.`, {
    hint: 'It may have been renamed or dropped: read the schema again.',
  });
}

/** Sizes and unique keys of every table. */
export async function readSummary(
  read: ReadRows,
): Promise<{ databaseBytes: number; tables: TableSummary[] }> {
  type Summary = Omit<TableSummary, 'uniqueKeys' | 'totalBytes'> & {
    uniqueKeys: string[][] | null;
    totalBytes: number | null;
  };
  const document = await readDocument<{ databaseBytes: number; tables: Summary[] }>(read, summarySql);
  return {
    databaseBytes: document.databaseBytes,
    tables: document.tables.map((table) => ({
      ...table,
      totalBytes: table.totalBytes ?? 0,
      uniqueKeys: table.uniqueKeys ?? [],
    })),
  };
}

async function readDocument<T>(read: ReadRows, sql: string, params?: unknown[]): Promise<T> {
  const [row] = await read(sql, params);
  return JSON.parse(String(row?.['document'])) as T;
}

function assemble(catalogue: Catalogue): TableDetails[] {
  const columnsOf = Map.groupBy(catalogue.columns, ({ table }) => table);
  const statisticsOf = Map.groupBy(catalogue.statistics, ({ table }) => table);
  const constraintsOf = Map.groupBy(catalogue.constraints, ({ table }) => table);
  const referencesTo = Map.groupBy(catalogue.constraints, ({ target }) => target);
  const indexesOf = Map.groupBy(catalogue.indexes, ({ table }) => table);
  const triggersOf = Map.groupBy(catalogue.triggers, ({ table }) => table);
  return catalogue.tables.map(({ id, kind, partitions, ...table }): TableDetails => {
    const statistics = statisticsOf.get(id) ?? [];
    const constraints = (constraintsOf.get(id) ?? []).map(assembleConstraint);
    return {
      ...withoutNulls(table),
      kind: tableKinds[kind],
      partitions: partitions ?? [],
      columns: (columnsOf.get(id) ?? []).map((column) =>
        assembleColumn(column, statistics, table.rowEstimate),
      ),
      constraints,
      primaryKey: constraints.find((constraint) => constraint.kind === 'primary-key')?.columns ?? [],
      foreignKeys: constraints.flatMap(({ columns, target }) =>
        target
          ? [
              {
                columns,
                targetNamespace: target.namespace,
                targetTable: target.table,
                targetColumns: target.columns,
              },
            ]
          : [],
      ),
      indexes: (indexesOf.get(id) ?? []).map(assembleIndex),
      triggers: (triggersOf.get(id) ?? []).map(({ table: _table, ...trigger }) => trigger),
      referencedBy: (referencesTo.get(id) ?? []).map(assembleReference),
    };
  });
}

function assembleColumn(
  { table: _table, labels, ...column }: CatalogueColumn,
  statistics: CatalogueStatistics[],
  rowEstimate: number | null,
): ColumnDetails {
  const known = statistics.find((one) => one.column === column.name);
  return {
    ...withoutNulls(column),
    ...(labels === null ? {} : { enumLabels: labels }),
    ...(known === undefined ? {} : { statistics: assembleStatistics(known, rowEstimate) }),
  };
}

function assembleStatistics(
  { distinct, nullFraction, averageBytes }: CatalogueStatistics,
  rowEstimate: number | null,
): ColumnDetails['statistics'] {
  const counted = distinct < 0 ? (rowEstimate === null ? 0 : Math.round(-distinct * rowEstimate)) : distinct;
  return { ...(counted > 0 ? { distinct: counted } : {}), nullFraction, averageBytes };
}

function assembleConstraint(constraint: CatalogueConstraint): Constraint {
  const { name, kind, definition, validated, deferrable, comment } = constraint;
  const { targetNamespace, targetName, targetColumns } = constraint;
  const target =
    kind === 'f' && targetNamespace !== null && targetName !== null
      ? { namespace: targetNamespace, table: targetName, columns: targetColumns ?? [] }
      : undefined;
  return {
    ...{ name, kind: constraintKinds[kind], columns: constraint.columns ?? [] },
    ...{ definition, validated, deferrable },
    ...(target ? { target } : {}),
    ...(comment === null ? {} : { comment }),
  };
}

function assembleReference(constraint: CatalogueConstraint): Reference {
  return {
    ...{ namespace: constraint.namespace, table: constraint.tableName, constraint: constraint.name },
    ...{ columns: constraint.columns ?? [], targetColumns: constraint.targetColumns ?? [] },
  };
}

function assembleIndex({ table: _table, leafBytes, included, ...index }: CatalogueIndex): Index {
  return { ...withoutNulls(index), included: included ?? [], sizeBytes: leafBytes ?? index.sizeBytes };
}

type Present<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** The contract leaves out what the catalogue has as NULL. */
function withoutNulls<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Present<T>;
}
