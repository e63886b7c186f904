import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DemoName, DemoProgress } from '../contract/demo.ts';
import { AppError } from '../contract/errors.ts';
import { withEmbeddedClient, type EmbeddedClient } from '../postgres/embedded-client.ts';
import type { LoadOptions } from '../postgres/embedded-manager.ts';
import { readerRole, type EmbeddedServer } from '../postgres/embedded.ts';
import { demoDatabases } from './catalogue.ts';

/** Key of the advisory lock under which demo databases are loaded: one at a time, over all processes. */
const loadingKey = 7_265_003;

/**
 * Loads one demo database unless this very version of its script is there. The script, the grants and the mark of
 * the version are one transaction: a load cut short leaves a database without a mark, which the next load replaces.
 */
export async function loadDemoDatabase(
  server: EmbeddedServer,
  name: DemoName,
  options: LoadOptions = {},
): Promise<void> {
  await loadScript(server, name, await readDemoScript(name), options);
}

/** The same for any script. @param name of the database: a lower-case word, which it replaces where it differs */
export async function loadScript(
  server: EmbeddedServer,
  name: string,
  script: string,
  options: LoadOptions = {},
): Promise<void> {
  const mark = `SQL Codegen Studio demo ${createHash('sha256').update(script).digest('hex')}`;
  await withEmbeddedClient(server.adminTargetOf('postgres'), async (admin) => {
    if ((await readMark(admin, name)) === mark) return;
    await admin.rows('SELECT pg_advisory_lock($1)', [loadingKey]);
    // Another process may have loaded it while this one waited.
    if ((await readMark(admin, name)) === mark) return;
    options.signal?.throwIfAborted();
    options.report?.('loading');
    await admin.script(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.script(`CREATE DATABASE ${name} TEMPLATE template0`);
    await withEmbeddedClient(server.adminTargetOf(name), (client) =>
      client.script(`${script}\n${grantsOf(name)}\nCOMMENT ON DATABASE ${name} IS '${mark}';`),
    );
  });
}

/** Starts nothing: loads every demo database into the running server, and reports each step. */
export async function prepareDemoDatabases(
  server: EmbeddedServer,
  options: { signal?: AbortSignal; report?: (progress: DemoProgress) => void } = {},
): Promise<void> {
  const total = demoDatabases.length;
  for (const [done, { name }] of demoDatabases.entries()) {
    options.report?.({ stage: 'loading', database: name, done, total });
    await loadDemoDatabase(server, name, { signal: options.signal });
  }
  options.report?.({ stage: 'ready', done: total, total });
}

async function readDemoScript(name: DemoName): Promise<string> {
  const file = fileURLToPath(new URL(`../../data/demo/${name}.sql`, import.meta.url));
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `The demo database's file ${file} is missing.`, {
      hint: 'Install the app again; in a clone, run "node core/demo/generate.ts".',
      cause,
    });
  });
}

async function readMark(admin: EmbeddedClient, name: string): Promise<unknown> {
  const [row] = await admin.rows(
    `SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = $1`,
    [name],
  );
  return row?.['mark'];
}

function grantsOf(name: string): string {
  return `REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${name} TO ${readerRole};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ${readerRole};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${readerRole};`;
}
