import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { databaseSchemaSchema, type DatabaseSchema } from '../contract/schema.ts';
import { withEmbeddedClient, type EmbeddedTarget } from '../postgres/embedded-client.ts';
import { startTestServer } from '../postgres/testing/start-test-server.ts';
import { introspectSchema } from '../schema/introspect.ts';

interface LinkingQuestion {
  id: string;
  question: string;
  /** Every table that an answer needs. */
  tables: string[];
  /** Words of the question that stand in no name and no comment. */
  synonyms?: string[];
}

interface Generator {
  generateEnterpriseSchema(): DatabaseSchema;
  renderDdl(schema: DatabaseSchema): string;
  renderJson(schema: DatabaseSchema): string;
}

const folder = new URL('../../data/own/large/', import.meta.url);
const readText = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const schema = databaseSchemaSchema.parse(JSON.parse(readText('schema.json')));
const questions = readText('questions.jsonl')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as LinkingQuestion);
const loadGenerator = async (): Promise<Generator> =>
  (await import(new URL('generate.ts', folder).href)) as Generator;

test('the schema of 600 tables is what its generator writes', async () => {
  const { generateEnterpriseSchema, renderJson } = await loadGenerator();
  expect(renderJson(generateEnterpriseSchema()) === readText('schema.json')).toBe(true);
  expect(schema.tables).toHaveLength(600);
  expect(new Set(schema.tables.map(({ name }) => name)).size).toBe(600);
});

test('PostgreSQL takes it, and introspection reads the same', { timeout: 90_000 }, async () => {
  const { renderDdl } = await loadGenerator();
  const server = await startTestServer();
  try {
    await server.createDatabase(schema.database);
    const read = await withEmbeddedClient(
      server.target(schema.database) as EmbeddedTarget,
      async (client) => {
        await client.script(renderDdl(schema));
        return introspectSchema(client.rows);
      },
    );
    expect(describe(read)).toEqual(describe(schema));
  } finally {
    await server.stop();
  }
});

test('the questions name tables that exist, and a third of them in words that no name has', () => {
  const names = new Set(schema.tables.map(({ name }) => name));
  for (const { id, tables } of questions) {
    expect(tables.length, id).toBeGreaterThan(0);
    expect(
      tables.filter((table) => !names.has(table)),
      id,
    ).toEqual([]);
  }
  expect(questions.length).toBeGreaterThanOrEqual(80);
  expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length);
  const words = wordsOf(schema);
  const reworded = questions.filter(({ synonyms = [] }) => synonyms.length > 0);
  for (const { id, question, synonyms = [] } of reworded) {
    expect(
      synonyms.filter((word) => words.has(word) || !question.toLowerCase().includes(word)),
      id,
    ).toEqual([]);
  }
  expect(reworded.length / questions.length).toBeGreaterThanOrEqual(1 / 3);
});

/** What a schema says of itself, keys in one order, the server's own facts left out. */
function describe({ tables }: DatabaseSchema): unknown {
  return tables.map(({ rowEstimate: _, ...table }) => ({
    ...table,
    foreignKeys: table.foreignKeys.map((key) => JSON.stringify(key)).sort(),
  }));
}

function wordsOf({ tables }: DatabaseSchema): Set<string> {
  const texts = tables.flatMap(({ name, comment, columns }) => [
    ...[name, comment ?? ''],
    ...columns.flatMap((column) => [column.name, column.comment ?? '']),
  ]);
  return new Set(texts.flatMap((text) => text.toLowerCase().split(/[^a-z]+/)));
}
