import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withEmbeddedClient } from '../postgres/embedded-client.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';

const script = fileURLToPath(new URL('testing/ask-repeatedly.ts', import.meta.url));
const shopSql = `
  CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, city text);
  CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, total numeric(10, 2));
  INSERT INTO customers VALUES (1, 'Ada', 'New York'), (2, 'Bo', 'Oslo'), (3, 'Cy', NULL);
  INSERT INTO orders VALUES (1, 1, 10), (2, 1, 20.50), (3, 2, 5);
  ANALYZE`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.createDatabase('shop');
  const target = { ...server.target('shop'), password: server.target().password ?? '' };
  await withEmbeddedClient(target, (client) => client.script(shopSql));
});
afterAll(() => server?.stop());

async function askRepeatedly(questions: string[], times: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'same-answer-'));
  const args = [script, folder, `url:${server.urlOf('shop')}`, JSON.stringify(questions), String(times)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 50_000_000 });
    return stdout.trim().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// In the second process the questions come in another order, so that what the model read before differs too.
test('the same question has the same answer: 20 times in one process, and in two', async () => {
  const questions = ['Which customer has spent the most?', 'How many customers live in each city?'];
  const answers = [
    ...(await askRepeatedly(questions, 10)),
    ...(await askRepeatedly(questions.toReversed(), 10)),
  ];
  expect(answers).toHaveLength(40);
  expect(new Set(answers).size).toBe(2);
}, 120_000);
