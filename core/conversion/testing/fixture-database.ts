import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startTestServer, type TestServer } from '../../postgres/testing/start-test-server.ts';
import { openSpiderLoader } from '../spider-database.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';

export const fixturesDir = join(import.meta.dirname, '..', 'fixtures');
export const fixtureDbId = 'Fixture_DB';

/** The lines of a fixture file; comments and empty lines are no cases. */
export async function readCases(file: string): Promise<string[]> {
  const text = await readFile(join(fixturesDir, file), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('--'));
}

export interface FixtureSpider {
  spiderDir: string;
  /** Runs SQL on the SQLite file. */
  change(sql: string): Promise<void>;
  remove(): Promise<void>;
}

/** A folder in Spider's layout whose one database is the fixtures' schema, as a real SQLite file. */
export async function makeFixtureSpider(): Promise<FixtureSpider> {
  const spiderDir = await mkdtemp(join(tmpdir(), 'sqlcodegen-fixture-spider-'));
  const folder = join(spiderDir, 'database', fixtureDbId);
  await mkdir(folder, { recursive: true });
  const change = (sql: string) => {
    const database = new DatabaseSync(join(folder, `${fixtureDbId}.sqlite`));
    database.exec(sql);
    database.close();
    return Promise.resolve();
  };
  await change(await readFile(join(fixturesDir, 'schema.sqlite.sql'), 'utf8'));
  return { spiderDir, change, remove: () => rm(spiderDir, { recursive: true, force: true }) };
}

export interface TestLoader {
  loader: RowLoader;
  /** For further connections. */
  target: TestServer['target'];
  stop(): Promise<void>;
}

/** A PostgreSQL of its own with the empty database `spider`. */
export async function startLoader(): Promise<TestLoader> {
  const server = await startTestServer();
  const loader = await openSpiderLoader({ adminTargetOf: server.target });
  return {
    loader,
    target: server.target,
    stop: async () => {
      await loader.close();
      await server.stop();
    },
  };
}
