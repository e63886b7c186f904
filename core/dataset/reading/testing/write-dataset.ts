import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  databaseSchemaSchema,
  datasetExampleSchema,
  evidenceSchema,
  overrideSchema,
  parsedSchemaSchema,
  provenPairSchema,
  type DatasetExample,
  type Evidence,
  type ParsedSchema,
  type ProvenPair,
} from '../../../contract/index.ts';

/** A small dataset of two databases, in the files and the records that the pipeline writes. */
const verified = { outcome: 'verified', equality: 'strict' } as const;
const shipped = { shipped: true, generated: false };

export const pairs: ProvenPair[] = [
  {
    id: 'train_spider:0',
    split: 'train_spider',
    index: 0,
    dbId: 'zoo',
    question: 'How many animals are there ?',
    sqliteSql: 'SELECT count ( * ) FROM Animal',
    sql: 'SELECT count(*) FROM animal',
    ...verified,
    rows: 1,
    informative: shipped,
  },
  {
    id: 'train_spider:1',
    split: 'train_spider',
    index: 1,
    dbId: 'zoo',
    question: 'What is the number of animals?',
    sqliteSql: 'SELECT count ( * ) FROM Animal',
    sql: 'SELECT count(*) FROM animal',
    ...verified,
    rows: 1,
    informative: shipped,
  },
  {
    id: 'train_spider:2',
    split: 'train_spider',
    index: 2,
    dbId: 'zoo',
    question: 'Name each keeper’s animals, “big” ones first.',
    sqliteSql:
      'SELECT T1.name ,  T2.name FROM Keeper AS T1 JOIN Animal AS T2 ON T1.id  =  T2.keeper_id WHERE T2.kind LIKE "%Big%" ORDER BY T2.weight DESC',
    sql: "SELECT t1.name, t2.name FROM keeper AS t1 JOIN animal AS t2 ON t1.id = t2.keeper_id WHERE t2.kind ILIKE '%Big%' ORDER BY t2.weight DESC",
    ...verified,
    equality: 'ties-broken',
    rows: 2,
    informative: shipped,
  },
  {
    id: 'train_others:0',
    split: 'train_others',
    index: 0,
    dbId: 'empty_town',
    question: 'Which streets have more than 3 houses?',
    sqliteSql: 'SELECT street FROM house GROUP BY street HAVING count(*)  >  3',
    sql: 'SELECT street FROM house GROUP BY street HAVING count(*) > 3',
    outcome: 'verified-on-generated-rows',
    equality: 'strict',
    rows: 0,
    informative: { shipped: false, generated: true },
    generated: { sets: 2, agreeing: 2 },
  },
  {
    id: 'dev:0',
    split: 'dev',
    index: 0,
    dbId: 'zoo',
    question: 'What is the heaviest animal?',
    sqliteSql: 'SELECT name ,  max(weight) FROM Animal',
    sql: '',
    outcome: 'failed',
    reasonClass: 'not-rewritten',
    reason: 'An answer with the values of some row.',
    errors: { postgres: 'column "name" must appear in the GROUP BY clause' },
    informative: { shipped: false, generated: false },
  },
];

const prompts = { prompt: '[INST] schema and question [/INST]', promptTokens: 40, completionTokens: 12 };

/** The first question is in train, `empty_town` in val; the other two pairs of `zoo` are in no split. */
export const examples: DatasetExample[] = [exampleOf(0, 'train'), exampleOf(2, 'train'), exampleOf(3, 'val')];

function exampleOf(position: number, split: 'train' | 'val'): DatasetExample {
  const pair = pairs[position] as ProvenPair;
  const { id, dbId, question, sql, sqliteSql, outcome, equality } = pair;
  const own = { id, split, dbId, question, sql, sqliteSql, outcome, equality };
  const hardness = position === 0 ? 'easy' : 'medium';
  const linkedTables = position === 2 ? ['keeper', 'animal'] : undefined;
  return { ...own, hardness, ...prompts, completion: `${sql}</s>`, linkedTables };
}

export const evidence: Evidence[] = [
  {
    sqliteSql: pairs[0]?.sqliteSql ?? '',
    sql: pairs[0]?.sql ?? '',
    answers: [
      {
        on: 'shipped',
        sqlite: { columns: ['count ( * )'], rows: [['3']], rowCount: 1 },
        postgres: { columns: ['count'], rows: [['3']], rowCount: 1 },
      },
    ],
    generated: [
      { kind: 'witness', tables: [{ table: 'animal', columns: ['id', 'name'], rows: [['1', 'a']] }] },
    ],
  },
];

export const zooSchema: ParsedSchema = {
  dbId: 'zoo',
  tables: [
    {
      name: 'Keeper',
      columns: [
        {
          name: 'id',
          declaredType: 'INTEGER',
          observedTypes: { integer: 1 },
          notNull: true,
          samples: ['1'],
        },
      ],
      primaryKey: ['id'],
      uniqueKeys: [],
      foreignKeys: [],
      rowCount: 1,
    },
  ],
};

/** Writes the dataset below a folder, each record checked by its schema. */
export async function writeDataset(root: string): Promise<void> {
  const processed = (...parts: string[]): string => join(root, 'processed', ...parts);
  await writeLines(
    processed('pairs.jsonl'),
    pairs.map((pair) => provenPairSchema.parse(pair)),
  );
  for (const split of ['train', 'val', 'test'] as const) {
    const own = examples.filter((example) => example.split === split);
    await writeLines(
      processed(`${split}_postgres.jsonl`),
      own.map((example) => datasetExampleSchema.parse(example)),
    );
  }
  await writeLines(
    processed('answers', 'zoo.jsonl'),
    evidence.map((each) => evidenceSchema.parse(each)),
  );
  await writeJson(processed('schemas', 'zoo.json'), parsedSchemaSchema.parse(zooSchema));
  await writeJson(
    processed('postgres_schemas', 'zoo.json'),
    databaseSchemaSchema.parse({
      database: 'zoo',
      serverVersion: '18.4',
      searchPath: ['zoo'],
      tables: [],
    }),
  );
  await writeJson(processed('samples', 'zoo.json'), [{ table: 'animal', column: 'name', values: ['Ada'] }]);
  await writeZoo(join(root, 'raw', 'spider', 'database', 'zoo', 'zoo.sqlite'));
}

/** An override as the user saves it. */
export async function writeOverride(root: string, override: unknown): Promise<void> {
  await writeLines(join(root, 'overrides.jsonl'), [overrideSchema.parse(override)]);
}

export async function writeLines(file: string, records: unknown[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value));
}

async function writeZoo(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE Keeper (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE Animal (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, weight REAL, keeper_id INTEGER);
    INSERT INTO Keeper VALUES (1, 'Ann');
    INSERT INTO Animal VALUES (1, 'Ada', 'Big cat', 90.5, 1), (2, 'Bo', 'Small cat', 4, 1), (3, 'Cy', NULL, 8, NULL);
    INSERT INTO Animal VALUES (9007199254740993, 'Big id', 'big bird', 1, 1);
  `);
  database.close();
}
