import { quotePostgresName } from '../../conversion/names.ts';
import { spiderDatabaseName } from '../../conversion/index.ts';
import type { DatabaseTarget, EmbeddedServer } from '../../postgres/index.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';

/** Key of the advisory lock under which roles are made: two commands that grant at once would hinder each other. */
const grantingKey = 7_265_017;

/**
 * A role for each of Spider's databases, which share one PostgreSQL database: it sees that schema alone, so a question
 * is asked and a statement is run as if there were no other.
 */
const readerOf = (namespace: string): string => `reader_of_${namespace}`;

export function targetOfSpiderReader(
  server: Pick<EmbeddedServer, 'targetOf'>,
  namespace: string,
): DatabaseTarget {
  return { ...server.targetOf(spiderDatabaseName), user: readerOf(namespace), searchPath: [namespace] };
}

/**
 * Makes the role where it is missing, and lets it read where it may not: a schema that was loaded anew has no grants.
 * Its password is that of the server's other reader, base64url.
 * @param namespace of word characters only, as every `dbId` that is let in
 */
export async function grantSpiderReader(
  loader: RowLoader,
  server: Pick<EmbeddedServer, 'targetOf'>,
  namespace: string,
): Promise<void> {
  const { rows } = await loader.read(
    `SELECT has_schema_privilege(r.oid, n.oid, 'USAGE') FROM pg_namespace AS n, pg_roles AS r
     WHERE n.nspname = '${namespace}' AND r.rolname = '${readerOf(namespace)}'`,
  );
  if (rows[0]?.[0] === 't') return;
  await loader.run(grantingScript(namespace, server.targetOf(spiderDatabaseName).password));
}

/** Plans do not depend on what else runs, so rows that tie come in the same order every time. */
const settings = [
  'default_transaction_read_only = on',
  'max_parallel_workers_per_gather = 0',
  'synchronize_seqscans = off',
  'jit = off',
];

function grantingScript(namespace: string, password: string): string {
  const role = quotePostgresName(readerOf(namespace));
  const schema = quotePostgresName(namespace);
  return `
    SELECT pg_advisory_xact_lock(${grantingKey});
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${readerOf(namespace)}') THEN
        CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}';
        ${settings.map((setting) => `ALTER ROLE ${role} SET ${setting};`).join('\n        ')}
      END IF;
    END $$;
    GRANT USAGE ON SCHEMA ${schema} TO ${role};
    GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role};`;
}
