import { z } from 'zod';
import { spiderSplitSchema, type ParsedSchema, type SpiderSplitName } from '../../contract/dataset.ts';
import { spiderSplits } from '../layout.ts';
import { schemaDifferencesSchema, type SchemaDifferences } from './compare-published.ts';
import type { ParsedDatabase } from './parse-database.ts';

const countsSchema = z.object({
  tables: z.number().int(),
  columns: z.number().int(),
  rows: z.number().int(),
  emptyTables: z.number().int(),
  /** Tables with a primary key, and those among them whose key has several columns. */
  primaryKeys: z.number().int(),
  compositePrimaryKeys: z.number().int(),
  foreignKeys: z.number().int(),
  compositeForeignKeys: z.number().int(),
  examples: z.record(spiderSplitSchema, z.number().int()),
});

const numberPairSchema = z.object({ onlyInTablesJson: z.number().int(), onlyInSqlite: z.number().int() });

/** `schema_index.json`: what `schemas/` holds, in numbers. */
export const schemaIndexSchema = z.object({
  totals: countsSchema.extend({ databases: z.number().int() }),
  databases: z.array(countsSchema.extend({ dbId: z.string(), sha256: z.string() })),
  /** Against Spider's own tables.json: totals, and the databases where it says otherwise than SQLite. */
  differences: z.object({
    totals: z.object({
      databases: z.number().int(),
      tables: numberPairSchema,
      columns: numberPairSchema,
      primaryKeys: numberPairSchema,
      /** Tables whose primary key differs. */
      tablesWithOtherPrimaryKey: z.number().int(),
      foreignKeys: numberPairSchema,
    }),
    /** Databases that tables.json does not describe. */
    unpublished: z.array(z.string()),
    databases: z.array(schemaDifferencesSchema.extend({ dbId: z.string() })),
  }),
});
export type SchemaIndex = z.infer<typeof schemaIndexSchema>;

type Counts = z.infer<typeof countsSchema>;
type Examples = Record<SpiderSplitName, number>;

export interface IndexedSchema extends ParsedDatabase {
  sha256: string;
  examples: Examples;
}

/** @param schemas in the order in which they are listed */
export function buildSchemaIndex(schemas: IndexedSchema[]): SchemaIndex {
  const databases = schemas.map(({ schema, sha256, examples }) => ({
    dbId: schema.dbId,
    ...countSchema(schema, examples),
    sha256,
  }));
  return {
    totals: { databases: databases.length, ...databases.reduce(addCounts, noCounts()) },
    databases,
    differences: listDifferences(schemas),
  };
}

function countSchema({ tables }: ParsedSchema, examples: Examples): Counts {
  const foreignKeys = tables.flatMap((table) => table.foreignKeys);
  return {
    tables: tables.length,
    columns: tables.reduce((sum, table) => sum + table.columns.length, 0),
    rows: tables.reduce((sum, table) => sum + table.rowCount, 0),
    emptyTables: tables.filter((table) => table.rowCount === 0).length,
    primaryKeys: tables.filter((table) => table.primaryKey.length > 0).length,
    compositePrimaryKeys: tables.filter((table) => table.primaryKey.length > 1).length,
    foreignKeys: foreignKeys.length,
    compositeForeignKeys: foreignKeys.filter((key) => key.columns.length > 1).length,
    examples,
  };
}

function noCounts(): Counts {
  return countSchema({ dbId: '', tables: [] }, { train_spider: 0, train_others: 0, dev: 0 });
}

function addCounts(total: Counts, one: Counts): Counts {
  const sum = { ...total, examples: { ...total.examples } };
  for (const key of Object.keys(sum) as (keyof Counts)[]) if (key !== 'examples') sum[key] += one[key];
  for (const split of spiderSplits) sum.examples[split] += one.examples[split];
  return sum;
}

function listDifferences(schemas: IndexedSchema[]): SchemaIndex['differences'] {
  const databases = schemas.flatMap(({ schema: { dbId }, differences }) =>
    differences && isDifferent(differences) ? [{ dbId, ...differences }] : [],
  );
  return {
    totals: {
      databases: databases.length,
      tables: countPart(databases, 'tables'),
      columns: countPart(databases, 'columns'),
      primaryKeys: countPart(databases, 'primaryKeys'),
      tablesWithOtherPrimaryKey: databases.reduce((sum, each) => sum + countOtherKeys(each), 0),
      foreignKeys: countPart(databases, 'foreignKeys'),
    },
    unpublished: schemas.flatMap(({ schema, differences }) => (differences ? [] : schema.dbId)),
    databases,
  };
}

function isDifferent(differences: SchemaDifferences): boolean {
  return Object.values(differences).some(
    (part) => part.onlyInTablesJson.length + part.onlyInSqlite.length > 0,
  );
}

function countPart(databases: SchemaDifferences[], part: keyof SchemaDifferences) {
  const count = (side: 'onlyInTablesJson' | 'onlyInSqlite') =>
    databases.reduce((sum, each) => sum + each[part][side].length, 0);
  return { onlyInTablesJson: count('onlyInTablesJson'), onlyInSqlite: count('onlyInSqlite') };
}

function countOtherKeys({ primaryKeys }: SchemaDifferences): number {
  const columns = [...primaryKeys.onlyInTablesJson, ...primaryKeys.onlyInSqlite];
  return new Set(columns.map((column) => column.slice(0, column.indexOf('.')).toLowerCase())).size;
}
