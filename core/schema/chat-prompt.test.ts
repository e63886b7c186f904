import { describe, expect, test } from 'vitest';
import type { DatabaseSchema, Table } from '../contract/index.ts';
import { shopSchema } from '../sql/sketch/testing/shop-schema.ts';
import { buildChatPrompt, chatEndText, writeChatCompletion } from './build-chat-prompt.ts';
import { chooseChatTables, maxChatPromptTokens } from './choose-chat-tables.ts';

const namesOf = (tables: readonly Table[]) => tables.map((table) => table.name);

describe('the prompt of models that write SQL', () => {
  test('names are quoted only where they must be, keys stand with their columns', () => {
    const { text, chatText } = buildChatPrompt({
      schema: shopSchema,
      question: ' Which orders\n are open? ',
    });
    expect(text).toBe(`Write one PostgreSQL query that answers the question, using only these tables.

CREATE TABLE client (
  id integer PRIMARY KEY,
  name text NOT NULL,
  city text,
  joined date NOT NULL,
  active boolean NOT NULL
);
CREATE TABLE "order" (
  id integer PRIMARY KEY,
  client_id integer REFERENCES client (id),
  placed date NOT NULL,
  status text NOT NULL
);
CREATE TABLE line (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES "order" (id),
  item_id integer NOT NULL REFERENCES item (id),
  quantity integer NOT NULL,
  price numeric(10,2) NOT NULL
);
CREATE TABLE item (
  id integer PRIMARY KEY,
  title text NOT NULL,
  weight real
);

Question: Which orders are open?`);
    expect(chatText).toBe(`[INST] ${text} [/INST]`);
  });

  test('earlier turns stand before the question, a refused statement with its message behind it', () => {
    const previous = [{ question: 'Who is\nthere?', sql: 'SELECT name\nFROM client' }];
    const failed = { sql: 'SELECT nmae FROM client', message: 'column "nmae" does not exist' };
    const { text } = buildChatPrompt({
      schema: shopSchema,
      question: 'only those in Berlin',
      previous,
      failed,
    });
    expect(text).toMatch(/^Write one PostgreSQL query/);
    expect(text.slice(text.indexOf('Earlier'))).toBe(`Earlier question: Who is there?
Its query: SELECT name
FROM client

Question: only those in Berlin

This query failed: SELECT nmae FROM client
PostgreSQL says: column "nmae" does not exist
Write the corrected query.`);
  });

  test('composite keys, a second key of a column, other namespaces, short types, enum labels', () => {
    const schema: DatabaseSchema = {
      database: 'x',
      serverVersion: '18',
      searchPath: ['public'],
      tables: [
        {
          namespace: 'public',
          name: 'seat',
          kind: 'table',
          columns: [
            { name: 'Row', type: 'character varying(3)', nullable: false },
            { name: 'nr', type: 'integer', nullable: false },
            { name: 'sold_at', type: 'timestamp without time zone', nullable: true },
            { name: 'state', type: 'seat_state', nullable: true, enumLabels: ['free', "tak'en"] },
          ],
          primaryKey: ['Row', 'nr'],
          foreignKeys: [
            { columns: ['nr'], targetNamespace: 'hall', targetTable: 'nr', targetColumns: ['id'] },
            { columns: ['nr'], targetNamespace: 'public', targetTable: 'seat', targetColumns: ['nr'] },
            { columns: ['Row', 'nr'], targetNamespace: 'hall', targetTable: 'nr', targetColumns: ['r', 'n'] },
          ],
        },
        {
          namespace: 'hall',
          name: 'nr',
          kind: 'view',
          columns: [{ name: 'id', type: 'integer', nullable: true }],
          primaryKey: [],
          foreignKeys: [],
        },
      ],
    };
    const { text } = buildChatPrompt({ schema, question: 'q' });
    expect(text).toContain(`CREATE TABLE seat (
  "Row" varchar(3),
  nr integer REFERENCES hall.nr (id),
  sold_at timestamp,
  state seat_state CHECK (state IN ('free', 'tak''en')),
  PRIMARY KEY ("Row", nr),
  FOREIGN KEY (nr) REFERENCES seat (nr),
  FOREIGN KEY ("Row", nr) REFERENCES hall.nr (r, n)
);
CREATE TABLE hall.nr (
  id integer
);`);
  });

  test('keys into tables that are left out are not written', () => {
    const tables = shopSchema.tables.filter((table) => table.name !== 'item');
    const { text } = buildChatPrompt({ schema: shopSchema, question: 'q', tables });
    expect(text).toContain('REFERENCES "order" (id)');
    expect(text).not.toContain('REFERENCES item');
  });

  test('a completion ends, and nothing begins with a literal BOS', () => {
    expect(writeChatCompletion('SELECT 1')).toBe(` SELECT 1${chatEndText}`);
    expect(buildChatPrompt({ schema: shopSchema, question: 'q' }).chatText).not.toContain('<s>');
  });
});

describe('a schema that is too long', () => {
  const countTokens = (text: string) => text.length;
  const choose = (question: string, maxTokens: number, needed?: string[]) =>
    namesOf(chooseChatTables({ schema: shopSchema, question, countTokens, maxTokens, needed }));
  const lengthWith = (names: string[], question: string) =>
    buildChatPrompt({
      schema: shopSchema,
      question,
      tables: shopSchema.tables.filter((table) => names.includes(table.name)),
    }).chatText.length;

  test('is whole where it fits', () => {
    expect(choose('Which items?', maxChatPromptTokens)).toEqual(['client', 'order', 'line', 'item']);
  });

  test('keeps what the question names, then neighbours, and stays below the limit', () => {
    const question = 'What is the weight of each item title?';
    expect(choose(question, 450)).toEqual(['line', 'item']);
    expect(lengthWith(['line', 'item'], question)).toBeLessThanOrEqual(450);
    expect(choose(question, 10)).toEqual(['item']);
  });

  test('what the answer needs comes first', () => {
    expect(choose('What is the weight of each item title?', 10, ['client'])).toEqual(['client']);
  });
});
