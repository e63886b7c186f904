import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemoName, DemoProgress } from '../contract/demo.ts';
import { withEmbeddedClient, type Row } from '../postgres/embedded-client.ts';
import { createEmbeddedServerManager, type EmbeddedServerManager } from '../postgres/embedded-manager.ts';
import { makeTemporaryDataDir, type TemporaryDataDir } from '../postgres/testing/temporary-data-dir.ts';
import { introspectSchema } from '../schema/introspect.ts';
import { readValueSamples } from '../schema/read-value-samples.ts';
import { guardQuery } from '../sql/index.ts';
import { demoDatabases } from './catalogue.ts';
import { generateDemoSql } from './generate.ts';
import { createDemoHandlers } from './handlers.ts';
import { loadDemoDatabase } from './load.ts';

const seedTables: Record<string, string[]> = {
  ecommerce: ['customers', 'order_items', 'orders', 'products', 'reviews'],
  finance: ['accounts', 'credit_cards', 'customers', 'loans', 'transactions'],
  healthcare: ['appointments', 'departments', 'doctors', 'patients', 'prescriptions'],
  saas: ['features', 'organizations', 'plans', 'subscriptions', 'users'],
  retail: ['employees', 'inventory', 'products', 'sales', 'stores'],
};
const names = demoDatabases.map(({ name }) => name);
const questions = demoDatabases.flatMap(({ name, questions: own }) =>
  own.map((question) => ({ ...question, name })),
);

let folder: TemporaryDataDir;
let manager: EmbeddedServerManager;
const progress: DemoProgress[] = [];

beforeAll(async () => {
  folder = await makeTemporaryDataDir();
  manager = createEmbeddedServerManager({ dataDir: folder.path, loadDatabase: loadDemoDatabase });
  const prepare = createDemoHandlers({ server: manager })['demo.prepare'];
  for await (const item of prepare({}, { signal: new AbortController().signal })) progress.push(item);
});
afterAll(async () => {
  await manager.stop();
  await folder.remove();
});

async function read(name: DemoName, sql: string, params: unknown[] = []): Promise<Row[]> {
  return withEmbeddedClient(await manager.targetOf(name), (client) => client.rows(sql, params));
}

test('preparing reports each step and ends ready', () => {
  expect(progress.slice(0, 3).map(({ stage }) => stage)).toEqual([
    'creating-server',
    'starting-server',
    'loading',
  ]);
  expect(progress.filter(({ stage }) => stage === 'loading').map(({ database }) => database)).toEqual(names);
  expect(progress.at(-1)).toEqual({ stage: 'ready', done: 5, total: 5 });
});

describe.each(names)('%s', (name) => {
  test('is generated again byte by byte', async () => {
    const file = fileURLToPath(new URL(`../../data/demo/${name}.sql`, import.meta.url));
    expect(generateDemoSql(name) === (await readFile(file, 'utf8'))).toBe(true);
  });

  test('has the seed’s tables with keys, comments and 200 to 5,000 rows each', async () => {
    const schema = await withEmbeddedClient(await manager.targetOf(name), (client) =>
      introspectSchema(client.rows),
    );
    expect(schema.tables.map((table) => table.name)).toEqual(seedTables[name]);
    for (const table of schema.tables) {
      const [row] = await read(name, `SELECT count(*)::int AS count FROM ${table.name}`);
      expect(row?.['count'], table.name).toBeGreaterThanOrEqual(200);
      expect(row?.['count'], table.name).toBeLessThanOrEqual(5_000);
      expect(table.rowEstimate).toBe(row?.['count']);
      expect(table.primaryKey, table.name).not.toEqual([]);
      expect(table.comment, table.name).toBeTruthy();
    }
    expect(schema.tables.flatMap((table) => table.foreignKeys).length).toBeGreaterThanOrEqual(4);
  });

  test('shows its statistics to the reader', async () => {
    const samples = await withEmbeddedClient(await manager.targetOf(name), (client) =>
      readValueSamples(client.rows),
    );
    expect(samples.length).toBeGreaterThanOrEqual(4);
    expect(samples.map(({ column }) => column)).not.toContain('email');
  });
});

test('the stored figures agree with each other', async () => {
  const contradictions: [DemoName, string][] = [
    [
      'ecommerce',
      `SELECT FROM orders AS o LEFT JOIN order_items AS i ON i.order_id = o.id
       GROUP BY o.id HAVING o.total_amount <> coalesce(sum(i.quantity * i.unit_price), 0)`,
    ],
    [
      'ecommerce',
      'SELECT FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.order_date < c.signup_date',
    ],
    [
      'ecommerce',
      `SELECT FROM order_items AS i JOIN orders AS o ON o.id = i.order_id JOIN products AS p ON p.id = i.product_id
       WHERE p.release_date > o.order_date`,
    ],
    ['ecommerce', 'SELECT FROM orders WHERE id NOT IN (SELECT order_id FROM order_items)'],
    [
      'finance',
      `SELECT FROM accounts AS a JOIN transactions AS t ON t.account_id = a.id
       GROUP BY a.id
       HAVING a.balance <> sum(CASE WHEN t.transaction_type = 'deposit' THEN t.amount ELSE -t.amount END)`,
    ],
    [
      'finance',
      'SELECT FROM accounts AS a JOIN customers AS c ON c.id = a.customer_id WHERE a.opened_date < c.joined_date',
    ],
    ['finance', `SELECT FROM accounts WHERE balance < 0 OR (status = 'closed' AND balance <> 0)`],
    [
      'healthcare',
      `SELECT FROM prescriptions AS p JOIN appointments AS a ON a.id = p.appointment_id
       WHERE a.status <> 'completed' OR a.patient_id <> p.patient_id OR a.doctor_id <> p.doctor_id
          OR a.appointment_time::date <> p.prescribed_date`,
    ],
    [
      'healthcare',
      'SELECT FROM doctors AS d JOIN departments AS p ON p.id = d.department_id WHERE p.name <> d.specialty',
    ],
    ['saas', `SELECT FROM subscriptions WHERE (status = 'cancelled') <> (end_date IS NOT NULL)`],
    ['saas', 'SELECT FROM users WHERE last_login < created_date'],
    [
      'retail',
      `SELECT FROM sales AS s LEFT JOIN inventory AS i ON i.store_id = s.store_id AND i.product_id = s.product_id
       JOIN stores AS t ON t.id = s.store_id
       LEFT JOIN employees AS e ON e.id = s.employee_id
       WHERE i.store_id IS NULL OR s.sale_date < t.opened_date OR e.store_id <> s.store_id OR e.hire_date > s.sale_date`,
    ],
    [
      'retail',
      'SELECT FROM employees AS e JOIN employees AS m ON m.id = e.manager_id WHERE m.store_id <> e.store_id',
    ],
  ];
  for (const [name, sql] of contradictions) expect(await read(name, sql), sql).toEqual([]);
});

describe('questions', () => {
  test('ten a database, each with its own id and words, from easy to extra', () => {
    expect(demoDatabases.map((database) => database.questions.length)).toEqual([10, 10, 10, 10, 10]);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(50);
    expect(new Set(questions.map(({ question }) => question)).size).toBe(50);
    for (const { questions: own } of demoDatabases) {
      expect([...new Set(own.map(({ hardness }) => hardness))]).toEqual(['easy', 'medium', 'hard', 'extra']);
    }
    expect(questions[0]?.question).toBe('How many customers are there?');
  });

  test.each(questions)(
    '$id has gold SQL that the guard lets pass and that returns rows',
    async (question) => {
      expect(await guardQuery(question.goldSql, { origin: 'model' })).toMatchObject({ allowed: true });
      const rows = await read(question.name, question.goldSql);
      expect(rows.length).toBeGreaterThan(0);
      expect(Object.values(rows[0] ?? {})).not.toContain(null);
      expect(question.ordered).toBe(/ORDER BY/.test(question.goldSql));
    },
  );

  test.each(questions.filter(({ ordered }) => ordered))(
    '$id has one right order and one right cut',
    async (question) => {
      const { goldSql, name } = question;
      const wider = goldSql.replace(/LIMIT (\d+)$/, (_, limit: string) => `LIMIT ${Number(limit) + 1}`);
      const key = /ORDER BY (\w+)$/.exec(goldSql)?.[1];
      const rows = await read(name, wider);
      const keys = rows.map((row) => String(key === undefined ? Object.values(row).at(-1) : row[key]));
      expect(new Set(keys).size).toBe(rows.length);
    },
  );
});

describe('loading', () => {
  const tables = `SELECT count(*)::int AS count FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;

  test('leaves a loaded database alone', async () => {
    const oid = `SELECT oid FROM pg_database WHERE datname = 'saas'`;
    const before = await read('saas', oid);
    await loadDemoDatabase(await manager.server(), 'saas');
    expect(await read('saas', oid)).toEqual(before);
  });

  test('replaces one that was cut short, or came from another version', async () => {
    const server = await manager.server();
    await withEmbeddedClient(server.adminTargetOf('postgres'), async (admin) => {
      await admin.script('DROP DATABASE saas WITH (FORCE)');
      await admin.script('CREATE DATABASE saas');
    });
    await loadDemoDatabase(server, 'saas');
    expect(await read('saas', tables)).toEqual([{ count: 5 }]);
    const stages: string[] = [];
    await withEmbeddedClient(server.adminTargetOf('saas'), (admin) =>
      admin.script(`DROP TABLE features; COMMENT ON DATABASE saas IS 'SQL Codegen Studio demo of yore'`),
    );
    await loadDemoDatabase(server, 'saas', { report: (stage) => stages.push(stage) });
    expect(stages).toEqual(['loading']);
    expect(await read('saas', tables)).toEqual([{ count: 5 }]);
  });

  test('the reader can read and nothing else', async () => {
    await expect(read('saas', `UPDATE plans SET price = 0`)).rejects.toMatchObject({ code: '25006' });
    const privileges = `SELECT DISTINCT privilege_type FROM information_schema.table_privileges
                        WHERE grantee = current_user`;
    expect(await read('saas', privileges)).toEqual([{ privilege_type: 'SELECT' }]);
  });
});
