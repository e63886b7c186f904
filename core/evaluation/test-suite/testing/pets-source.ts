import { readShippedRows } from '../read-shipped-rows.ts';
import type { Database } from '../../../postgres/index.ts';
import type { SuiteSource, SuiteTable } from '../suite-schema.ts';

/** Owners and their pets: unique names, no ties, every owner with a pet, so that luck has much to hide behind. */
export const petsSql = `
  CREATE SCHEMA pets;
  CREATE TABLE pets.owner (id integer PRIMARY KEY, name text NOT NULL, city text NOT NULL, born date);
  CREATE TABLE pets.pet (
    id integer PRIMARY KEY, owner_id integer REFERENCES pets.owner, kind text NOT NULL, weight numeric(6,2) NOT NULL
  );
  CREATE TABLE pets.visit (pet_id integer REFERENCES pets.pet, day date, PRIMARY KEY (pet_id, day));
  INSERT INTO pets.owner VALUES (1, 'Ada', 'Bonn', '1980-01-02'), (2, 'Ben', 'Bonn', NULL), (3, 'Cy', 'Kiel', '1990-05-06'),
    (4, 'Di', 'Ulm', '1975-07-08');
  INSERT INTO pets.pet VALUES (1, 1, 'dog', 30), (2, 2, 'cat', 4.5), (3, 3, 'dog', 12), (4, 4, 'cat', 5), (5, 1, 'cat', 3);
  INSERT INTO pets.visit VALUES (1, '2024-01-01'), (1, '2024-02-01'), (2, '2024-01-01'), (3, '2024-03-01');
  GRANT USAGE ON SCHEMA pets TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA pets TO PUBLIC`;

function table(
  name: string,
  columns: [name: string, type: string, notNull: boolean][],
  keys: Partial<SuiteTable> = {},
): SuiteTable {
  return {
    name,
    columns: columns.map(([column, type, notNull]) => ({ name: column, type, notNull })),
    primaryKey: ['id'],
    primaryKeyDeclared: true,
    uniqueKeys: [],
    foreignKeys: [],
    ...keys,
  };
}

const key = (column: string, targetTable: string) => ({
  columns: [column],
  targetTable,
  targetColumns: ['id'],
  declared: true,
});

export const petTables: SuiteTable[] = [
  table(
    'visit',
    [
      ['pet_id', 'integer', true],
      ['day', 'date', true],
    ],
    { primaryKey: ['pet_id', 'day'], foreignKeys: [key('pet_id', 'pet')] },
  ),
  table(
    'pet',
    [
      ['id', 'integer', true],
      ['owner_id', 'integer', true],
      ['kind', 'text', true],
      ['weight', 'numeric', true],
    ],
    { foreignKeys: [key('owner_id', 'owner')] },
  ),
  table('owner', [
    ['id', 'integer', true],
    ['name', 'text', true],
    ['city', 'text', true],
    ['born', 'date', false],
  ]),
];

/** The pets as a source, without rows of its queries. */
export async function readPetsSource(database: Pick<Database, 'readRows'>): Promise<SuiteSource> {
  const shipped = new Map<string, Awaited<ReturnType<typeof readShippedRows>>>();
  for (const each of petTables) shipped.set(each.name, await readShippedRows(database, 'pets', each));
  return { dbId: 'pets', namespace: 'pets', tables: petTables, enums: [], shipped, makeQueryRows: () => [] };
}
