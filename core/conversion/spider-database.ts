import { openRowLoader } from '../postgres/load-rows.ts';
import type { LoaderTarget, RowLoader } from '../postgres/load-rows.ts';

/** The database of the embedded server that holds all of Spider, a schema for each of its databases. */
export const spiderDatabaseName = 'spider';

/** A server of ours, the embedded one for example. */
export interface SpiderServer {
  adminTargetOf(database: string): LoaderTarget;
}

/**
 * Opens the database `spider` on the embedded server and makes it where there is none. Its collation is C: text then
 * sorts by bytes, as in SQLite.
 */
export async function openSpiderLoader(server: SpiderServer): Promise<RowLoader> {
  const admin = await openRowLoader(server.adminTargetOf('postgres'));
  try {
    const found = await admin.read(`SELECT 1 FROM pg_database WHERE datname = '${spiderDatabaseName}'`);
    if (found.rows.length === 0) {
      await admin.run(`CREATE DATABASE ${spiderDatabaseName} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
    }
    await turnOffAutovacuum(admin);
  } finally {
    await admin.close();
  }
  return openSpiderConnection(server.adminTargetOf(spiderDatabaseName));
}

/**
 * It runs when it likes and changes what the planner knows, and with the plan the order of rows that tie: the same
 * input would not always give the same bytes. `cleanCatalogue` does the part of its work that is needed here.
 */
async function turnOffAutovacuum(admin: RowLoader): Promise<void> {
  const { rows } = await admin.read('SHOW autovacuum');
  if (rows[0]?.[0] === 'off') return;
  await admin.run('ALTER SYSTEM SET autovacuum TO off');
  await admin.run('SELECT pg_reload_conf()');
}

/** Schemas that are dropped and made anew leave dead rows in PostgreSQL's own tables. */
export async function cleanCatalogue(loader: RowLoader): Promise<void> {
  const tables = ['attribute', 'class', 'constraint', 'depend', 'description', 'index', 'statistic', 'type'];
  await loader.run(`VACUUM ${tables.map((name) => `pg_catalog.pg_${name}`).join(', ')}`);
}

/** Settings under which every run gives the same rows in the same order. */
const sessionSettings = [
  // A load that is cut short is simply repeated, so the disk need not be waited for.
  'synchronous_commit TO off',
  // Statistics are made of all rows, not of a random sample: the same plan everywhere.
  'default_statistics_target TO 500',
  'max_parallel_workers_per_gather TO 0',
  'synchronize_seqscans TO off',
  'jit TO off',
];

/** A further connection to the database `spider`. A statement may take a minute by default. */
export async function openSpiderConnection(
  target: LoaderTarget,
  { statementTimeoutMs = 60_000 } = {},
): Promise<RowLoader> {
  const loader = await openRowLoader(target, { statementTimeoutMs });
  await loader.run(sessionSettings.map((setting) => `SET ${setting}`).join('; '));
  return loader;
}
