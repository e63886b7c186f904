import type { CoreHandlers, DatabaseSchema, schemaExplorerContract } from '../../contract/index.ts';
import { analyseJoins } from '../join-fan-out/analyse-joins.ts';
import { lintDatabase } from '../lint/lint-schema.ts';
import type { ReadRows } from '../introspect.ts';
import type { SchemaConnections, SchemaReader } from '../schema-reader.ts';
import { buildDdl } from './build-ddl.ts';
import { readSummary, readTableDetails } from './read-details.ts';
import { readSampleRows, type RunReadOnly } from './read-sample-rows.ts';

/** What the explorer needs of the connections besides the catalogue: rows, by the read-only path. */
export interface ExplorerConnections {
  open(
    ...request: Parameters<SchemaConnections['open']>
  ): Promise<Awaited<ReturnType<SchemaConnections['open']>> & { runReadOnly: RunReadOnly }>;
}

/** What the schema explorer is offered through the contract. Nothing is kept here: each call reads the catalogue. */
export function createExplorerHandlers(
  connections: ExplorerConnections,
  reader: SchemaReader,
): Pick<CoreHandlers, keyof typeof schemaExplorerContract> {
  const readerOf = async (connectionId: string, signal: AbortSignal): Promise<ReadRows> => {
    const database = await connections.open(connectionId, { signal });
    return (sql, params = []) => database.readRows(sql, params, { signal });
  };
  return {
    'schema.overview': async ({ connectionId }, { signal }) =>
      readSummary(await readerOf(connectionId, signal)),
    'schema.table': async ({ connectionId, ...name }, { signal }) => {
      const details = await readTableDetails(await readerOf(connectionId, signal), name);
      return { ...details, ddl: buildDdl(details) };
    },
    'schema.sampleRows': async ({ connectionId, offset, limit, ...name }, { signal }) => {
      const schema: DatabaseSchema = await reader.schemaOf(connectionId, { signal });
      const database = await connections.open(connectionId, { signal });
      return readSampleRows(database.runReadOnly, schema, name, { offset, limit, signal });
    },
    'schema.lint': async ({ connectionId }, { signal }) => ({
      findings: await lintDatabase(await readerOf(connectionId, signal)),
    }),
    'schema.joinPath': async ({ connectionId, sql }, { signal }) => {
      const schema = await reader.schemaOf(connectionId, { signal });
      const { tables } = await readSummary(await readerOf(connectionId, signal));
      return analyseJoins(sql, { schema, uniqueKeys: tables });
    },
  };
}
