import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { runGuarded } from './run-guarded.ts';
import { startTestServer } from './testing/start-test-server.ts';
import type { TestServer } from './testing/start-test-server.ts';

let server: TestServer;
let database: Database;

beforeAll(async () => {
  server = await startTestServer();
  const owner = new pg.Client({ connectionString: server.urlOf() });
  await owner.connect();
  await owner.query(`
    CREATE EXTENSION unaccent;
    CREATE EXTENSION citext;
    CREATE TABLE people (id int, name varchar(20), full_name text);
    INSERT INTO people VALUES (1, 'Ada', 'Ada L.');
    CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 'shadow' $$;
    CREATE FUNCTION erase(people) RETURNS text LANGUAGE sql AS $$ SELECT 'erased' $$;
    CREATE FUNCTION full_name(text) RETURNS text LANGUAGE sql AS $$ SELECT 'shadow' $$;
    CREATE FUNCTION evil_plus(varchar, varchar) RETURNS text LANGUAGE sql AS $$ SELECT 'shadow' $$;
    CREATE OPERATOR || (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = evil_plus);
    CREATE SCHEMA hidden;
    CREATE FUNCTION hidden.upper(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 'shadow' $$;`);
  await owner.end();
  database = openDatabase(server.target());
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

const run = (sql: string, origin: 'user' | 'model') => runGuarded(database, sql, { origin });

describe("functions of the database's owner", () => {
  it.each([
    ['public.lower()', 'SELECT lower(name) FROM people', 'shadow'],
    ['public.erase()', 'SELECT p.erase FROM people p', 'erased'],
    ['public.erase()', 'SELECT (p).erase FROM people p', 'erased'],
    ['public.||', 'SELECT name || name FROM people', 'shadow'],
  ])('%s is refused to a model: %s', async (name, sql, called) => {
    await expect(run(sql, 'model')).rejects.toMatchObject({
      code: 'SQL_NOT_READ_ONLY',
      message: expect.stringContaining(name),
      hint: expect.any(String),
    });
    expect((await run(sql, 'user')).rows).toEqual([[called]]);
  });

  it.each([
    ['one that the search path does not find', 'SELECT upper(name) FROM people', 'ADA'],
    ['one with the name of a column', 'SELECT p.full_name FROM people p', 'Ada L.'],
    ["an extension's", "SELECT unaccent('é')", 'e'],
    ["PostgreSQL's, named with its schema", 'SELECT pg_catalog.lower(p.name) FROM people p', 'ada'],
  ])('%s is no reason to refuse: %s', async (_title, sql, expected) => {
    expect((await run(sql, 'model')).rows).toEqual([[expected]]);
  });
});
