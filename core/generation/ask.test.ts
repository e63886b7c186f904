import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  AppError,
  askInputSchema,
  type Answer,
  type AskEvent,
  type AskInput,
  type HistoryEntry,
} from '../contract/index.ts';
import { locateStarterModel } from '../models/index.ts';
import { withEmbeddedClient } from '../postgres/embedded-client.ts';
import { openDatabase, type Database } from '../postgres/index.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';
import { createSchemaReader, readHints, type SchemaReader } from '../schema/index.ts';
import { askQuestion, type AskDeps } from './ask.ts';
import { createModelPool, type LanguageModel } from './runtime/index.ts';

const starter = locateStarterModel();
const never = new AbortController().signal;

const shopSql = `
  CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, city text);
  CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, total numeric(10, 2));
  INSERT INTO customers VALUES (1, 'Ada', 'New York'), (2, 'Bo', 'Oslo'), (3, 'Cy', NULL);
  INSERT INTO orders VALUES (1, 1, 10), (2, 1, 20.50), (3, 2, 5);
  ANALYZE`;

describe('askQuestion, with the starter model and a real server', () => {
  let server: TestServer;
  let database: Database;
  let empty: Database;
  let schemas: SchemaReader;
  const models = createModelPool();
  const kept: Omit<HistoryEntry, 'id' | 'createdAt'>[] = [];
  const history = { add: (entry: (typeof kept)[number]) => `kept-${kept.push(entry)}` };

  beforeAll(async () => {
    server = await startTestServer();
    await server.createDatabase('shop');
    await server.createDatabase('empty');
    const target = { ...server.target('shop'), password: server.target().password ?? '' };
    await withEmbeddedClient(target, (client) => client.script(shopSql));
    database = openDatabase(server.target('shop'));
    empty = openDatabase(server.target('empty'));
    schemas = createSchemaReader({ connections: { open: deps().openDatabase } });
  });
  afterAll(async () => {
    await models.close();
    await database?.close();
    await empty?.close();
    await server?.stop();
  });
  beforeEach(() => void kept.splice(0));

  function deps(): AskDeps & { openDatabase(id: string): Promise<Database> } {
    return {
      openDatabase: async (id) => (id === 'empty' ? empty : database),
      readSchema: (id, context) => schemas.schemaOf(id, context),
      readHints: (id, question, context) => readHints(schemas, id, question, context),
      models,
      defaultModel: () => starter,
      history,
    };
  }

  async function ask(input: Partial<AskInput>, signal = never, changed: Partial<AskDeps> = {}) {
    const full = askInputSchema.parse({
      connectionId: 'shop',
      question: 'How many customers are there?',
      ...input,
    });
    const events: AskEvent[] = [];
    for await (const event of askQuestion({ ...deps(), ...changed }, full, { signal })) events.push(event);
    const last = events.at(-1);
    if (last?.kind !== 'answer') throw new Error('The last event is not the answer.');
    return { events, answer: last.answer };
  }

  const repeatable = ({ sql, outcome, result, candidates, confidence }: Answer) => {
    return { sql, outcome, rows: result?.rows, candidates, confidence };
  };

  test('goes through its stages, streams the statement, and answers with its rows', async () => {
    const { events, answer } = await ask({});
    const stages = events.flatMap((event) => (event.kind === 'stage' ? [event.stage] : []));
    expect(stages).toEqual(['schema', 'model', 'prompt', 'generating', 'checking', 'executing']);
    const prompt = events.find((event) => event.kind === 'prompt');
    expect(prompt?.kind === 'prompt' && prompt.text).toContain('customers');
    const shown = events.flatMap((event) => (event.kind === 'sql' ? [event.sql] : []));
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.at(-1)).toBe(answer.sql);
    expect(answer.outcome).toBe('succeeded');
    expect(answer.result?.rows).toEqual((await database.runReadOnly(answer.sql)).rows);
    expect(answer.timingsMs.totalMs).toBeGreaterThan(0);
    expect(kept).toMatchObject([{ question: answer.question, sql: answer.sql, outcome: 'succeeded' }]);
    expect(answer.historyId).toBe('kept-1');
  });

  test('the same question has the same answer, whatever was asked between', async () => {
    const first = await ask({ candidates: 4 });
    await ask({ question: 'Which customers live in New York?' });
    expect(repeatable((await ask({ candidates: 4 })).answer)).toEqual(repeatable(first.answer));
    expect(first.answer.candidates).toHaveLength(4);
    expect(first.answer.candidates[0]?.share).toBe(first.answer.agreement);
  });

  test('proposes without running, and forgets when told to', async () => {
    const { answer, events } = await ask({ execute: false, remember: false });
    expect(answer).toMatchObject({ outcome: 'not-run', calibrated: false, alternatives: [] });
    expect(answer.confidence).toBe(answer.agreement);
    expect(answer.result).toBeUndefined();
    expect(answer.historyId).toBeUndefined();
    expect(events).not.toContainEqual({ kind: 'stage', stage: 'executing' });
    expect(kept).toEqual([]);
  });

  test('a value of the database that the question names is in the prompt', async () => {
    const { events } = await ask({ question: 'Which customers live in New York?', execute: false });
    const prompt = events.find((event) => event.kind === 'prompt');
    expect(prompt?.kind === 'prompt' && prompt.text).toMatch(/live( \? \S+)* in value Va : Cc \?/);
  });

  test('the row cap holds, and is told', async () => {
    const { answer } = await ask({ question: 'List the names of all customers.', maxRows: 1 });
    expect(answer.result?.rowCount).toBeLessThanOrEqual(1);
  });

  test('statements that the planner refuses are outcomes, after the fallbacks were tried', async () => {
    const refusing: Database = {
      ...database,
      explain: () =>
        Promise.reject(new AppError('SQL_EXECUTION', 'planned to fail', { details: { position: 7 } })),
    };
    const { answer } = await ask({}, never, { openDatabase: async () => refusing });
    expect(answer).toMatchObject({
      outcome: 'invalid',
      message: 'planned to fail',
      position: 7,
      confidence: 0,
    });
    expect(answer.candidates.length).toBeGreaterThan(1);
    expect(kept).toMatchObject([{ outcome: 'invalid', message: 'planned to fail' }]);
  });

  test('when the first statement cannot be planned the next one answers', async () => {
    let planned = 0;
    const picky: Database = {
      ...database,
      explain: (sql, options) =>
        planned++ === 0
          ? Promise.reject(new AppError('SQL_EXECUTION', 'no'))
          : database.explain(sql, options),
    };
    const { answer } = await ask({ candidates: 1 }, never, { openDatabase: async () => picky });
    expect(answer.outcome).toBe('succeeded');
    expect(answer.candidates.map(({ outcome }) => outcome)).toEqual(['succeeded', 'invalid']);
  });

  test('eight candidates vote by default, and what they disagree about is offered', async () => {
    const { answer } = await ask({ question: 'Which customers live in New York?' });
    expect(answer.candidates).toHaveLength(8);
    const shares = new Set(answer.candidates.map(({ share = 0 }) => share));
    expect([...shares].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    const [alternative] = answer.alternatives;
    if (alternative) expect(alternative.result.rows).not.toEqual(answer.result?.rows);
    expect(answer.agreement + (alternative?.share ?? 0)).toBeLessThanOrEqual(1);
  });

  test("the constrained search's first statement stands alone, whatever becomes of it", async () => {
    const refusing: Database = {
      ...database,
      explain: () => Promise.reject(new AppError('SQL_EXECUTION', 'planned to fail')),
    };
    const { answer } = await ask({ decoding: 'constrained' }, never, { openDatabase: async () => refusing });
    expect(answer.candidates.map(({ outcome }) => outcome)).toEqual(['invalid']);
  });

  test('what nothing in the schema stands for is not answerable, and names the words', async () => {
    const { answer, events } = await ask({ question: 'Which albums did Metallica record?' });
    expect(answer).toMatchObject({ outcome: 'not-answerable', sql: '', candidates: [], confidence: 0 });
    expect(answer.message).toContain('“albums”');
    expect(answer.notAnswerable).toEqual({ reason: 'words', words: ['albums'] });
    expect(events.some(({ kind }) => kind === 'sql')).toBe(false);
    expect(kept).toMatchObject([{ outcome: 'not-answerable', sql: '' }]);
    const tried = await ask({ question: 'Which albums did Metallica record?', tryAnyway: true });
    expect(tried.answer.sql).toContain('SELECT');
    expect(tried.answer.notAnswerable).toBeUndefined();
  });

  test('a request to change data and a greeting are told what can be asked, without a database', async () => {
    const closed: Partial<AskDeps> = { openDatabase: () => Promise.reject(new Error('not reached')) };
    const change = await ask({ question: 'Delete all customers' }, never, closed);
    expect(change.answer).toMatchObject({
      outcome: 'not-answerable',
      notAnswerable: { reason: 'change' },
      hint: expect.any(String),
    });
    const greeting = await ask({ question: 'Hello there!' }, never, closed);
    expect(greeting.answer.notAnswerable?.reason).toBe('talk');
  });

  test('an error goes back once to a model that reads text, with the message and the earlier turns', async () => {
    const asked: string[] = [];
    const writes = ['SELECT nmae FROM customers', 'SELECT name FROM customers WHERE id = 1'];
    const bytes = (text: string) => [...Buffer.from(text)];
    const model: Partial<LanguageModel> = {
      facts: { name: 'writer', targetForm: 'sql' } as LanguageModel['facts'],
      contextSize: 100_000,
      tokenizePrompt: bytes,
      tokenizeChat: (text) => bytes(asked[asked.push(text) - 1] ?? ''),
      detokenize: (tokens) => Buffer.from(tokens).toString(),
      readPrompt: async () => 0,
      writeText: async function* () {
        for (const token of bytes(writes[asked.length - 1] ?? '')) yield { text: 0, token, logProb: -0.1 };
      },
    };
    const release = () => undefined;
    const acquire = async () => ({ model: model as LanguageModel, loadMs: 0, release });
    const text = { ...models, acquire, stateOf: () => 'loaded' as const };
    const previous = [{ question: 'Who is there?', sql: 'SELECT 1' }];
    const { answer } = await ask({ previous, candidates: 1 }, never, { models: text });
    expect(answer).toMatchObject({ outcome: 'succeeded', followUp: 'prompted', calibrated: false });
    expect(answer.result?.rows).toEqual([['Ada']]);
    expect(answer.repaired).toMatchObject({ message: expect.stringContaining('nmae') });
    expect(asked.filter((prompt) => prompt.includes('PostgreSQL says:'))).toHaveLength(1);
    expect(asked.every((prompt) => prompt.includes('Earlier question: Who is there?'))).toBe(true);
  });

  test('a follow-up changes the earlier statement; what it is not is asked by itself', async () => {
    const previous = [{ question: 'Who is there?', sql: 'SELECT name FROM customers ORDER BY name' }];
    const only = await ask({ question: 'only those in New York', previous });
    expect(only.answer).toMatchObject({ outcome: 'succeeded', followUp: 'rewritten', calibrated: false });
    expect(only.answer.result?.rows).toEqual([['Ada']]);
    expect(only.events.some((event) => event.kind === 'sql' && event.sql === only.answer.sql)).toBe(true);
    const anew = await ask({ question: 'How many orders are there?', previous });
    expect(anew.answer).toMatchObject({ outcome: 'succeeded', followUp: 'new' });
    expect(anew.answer.candidates).toHaveLength(8);
    const strange = await ask({ question: 'and the albums of Metallica?', previous });
    expect(strange.answer.outcome).toBe('not-answerable');
    const alone = await ask({ question: 'How many orders are there?' });
    expect(alone.answer.followUp).toBeUndefined();
  });

  test('the earlier statement is guarded like any other', async () => {
    const previous = [{ question: 'x', sql: "SELECT pg_read_file('/etc/passwd')" }];
    const { answer } = await ask({ question: 'top 5', previous, tryAnyway: true });
    expect(answer.followUp).toBe('new');
    expect(answer.sql).not.toContain('pg_read_file');
  });

  test('what the model was given is told, and each candidate shows the beginning of its rows', async () => {
    const { answer, events } = await ask({ question: 'Which customers live in New York?' });
    const prompt = events.find((event) => event.kind === 'prompt');
    expect(prompt).toMatchObject({
      tables: [
        { name: 'customers', isInPrompt: true },
        { name: 'orders', isInPrompt: true },
      ],
      values: [{ table: 'customers', column: 'city', value: 'New York', isExact: true }],
    });
    const [best] = answer.candidates;
    expect(best?.preview?.rows).toEqual(answer.result?.rows.slice(0, 5));
    expect(best?.preview?.rowCount).toBe(answer.result?.rowCount);
  });

  test('a table that is left out is in no prompt and in no statement', async () => {
    const tables = { exclude: ['public.customers'] };
    const { answer, events } = await ask({ question: 'How many orders are there?', tables });
    expect(answer.outcome).toBe('succeeded');
    expect(answer.candidates.filter(({ sql }) => sql.includes('customers'))).toEqual([]);
    const prompt = events.find((event) => event.kind === 'prompt');
    expect(prompt?.kind === 'prompt' && prompt.tables?.map(({ name }) => name)).toEqual(['orders']);
    const previous = [{ question: 'Who is there?', sql: 'SELECT name FROM customers' }];
    const followed = await ask({ question: 'top 2', previous, tables, tryAnyway: true });
    expect(followed.answer.followUp).toBe('new');
    expect(followed.answer.sql).not.toContain('customers');
  });

  test('a statement that is too slow is an outcome', async () => {
    const slow: Database = {
      ...database,
      runReadOnly: (_sql, options) =>
        database.runReadOnly('SELECT pg_sleep(5)', { ...options, timeoutMs: 50 }),
    };
    const { answer } = await ask({}, never, { openDatabase: async () => slow });
    expect(answer.outcome).toBe('timed-out');
    expect(answer.message).toBeTruthy();
  });

  test('a lost connection is thrown, not answered', async () => {
    const gone: Database = {
      ...database,
      explain: () => Promise.reject(new AppError('CONNECTION_REFUSED', 'gone')),
    };
    await expect(ask({}, never, { openDatabase: async () => gone })).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
    });
    expect((await ask({})).answer.outcome).toBe('succeeded');
  });

  test('a database without tables says so instead of inventing some', async () => {
    await expect(ask({ connectionId: 'empty' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('No tables'),
      hint: expect.any(String),
    });
  });

  test('a missing model is an error with a next step', async () => {
    const asking = ask({ modelPath: `${starter}.missing` });
    await expect(asking).rejects.toMatchObject({ code: 'MODEL_MISSING', hint: expect.any(String) });
  });

  test('a cancelled question ends soon, is remembered as cancelled, and frees the model', async () => {
    const controller = new AbortController();
    const running = ask({ candidates: 16 }, controller.signal);
    const ended = expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const cancelledAt = performance.now();
    controller.abort();
    await ended;
    expect(performance.now() - cancelledAt).toBeLessThan(200);
    expect(kept.at(-1)).toMatchObject({ outcome: 'cancelled' });
    expect((await ask({})).answer.outcome).toBe('succeeded');
  });
});
