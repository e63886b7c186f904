import type { DatabaseSchema } from '../contract/schema.ts';
import type { ValueSample } from './find-hints.ts';
import { introspectSchema, type ReadRows } from './introspect.ts';
import { readValueSamples } from './read-value-samples.ts';

/** What the reader needs of the connections: a database that answers trusted catalogue queries. */
export interface SchemaConnections {
  open(
    connectionId: string,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{
    readRows(
      sql: string,
      params?: unknown[],
      options?: { signal?: AbortSignal | undefined },
    ): Promise<Record<string, unknown>[]>;
  }>;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Read again even if what is kept is fresh. */
  refresh?: boolean | undefined;
}

/** Schemas and value samples by connection, kept for a minute: several questions in a row read them once. */
export interface SchemaReader {
  schemaOf(connectionId: string, options?: ReadOptions): Promise<DatabaseSchema>;
  samplesOf(connectionId: string, options?: ReadOptions): Promise<ValueSample[]>;
  /** After a connection was changed or removed. */
  forget(connectionId: string): void;
}

const keptMs = 60_000;

export function createSchemaReader({ connections }: { connections: SchemaConnections }): SchemaReader {
  const readerOf = async (connectionId: string, signal: AbortSignal | undefined): Promise<ReadRows> => {
    const database = await connections.open(connectionId, { signal });
    return (sql, params = []) => database.readRows(sql, params, { signal });
  };
  const schemas = keepFresh(async (id, signal) => introspectSchema(await readerOf(id, signal), { signal }));
  const samples = keepFresh(async (id, signal) => readValueSamples(await readerOf(id, signal), { signal }));
  return {
    schemaOf: schemas.get,
    samplesOf: samples.get,
    forget: (connectionId) => {
      schemas.forget(connectionId);
      samples.forget(connectionId);
    },
  };
}

/** Keeps answers only: a failed or cancelled read is tried again by the next caller. */
function keepFresh<T>(read: (connectionId: string, signal: AbortSignal | undefined) => Promise<T>) {
  const kept = new Map<string, { value: T; readAt: number }>();
  return {
    get: async (connectionId: string, { signal, refresh }: ReadOptions = {}): Promise<T> => {
      const found = kept.get(connectionId);
      if (found !== undefined && !refresh && performance.now() - found.readAt < keptMs) return found.value;
      kept.delete(connectionId);
      const value = await read(connectionId, signal);
      kept.set(connectionId, { value, readAt: performance.now() });
      return value;
    },
    forget: (connectionId: string): void => {
      kept.delete(connectionId);
    },
  };
}
