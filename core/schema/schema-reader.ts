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

export interface SchemaReaderOptions {
  connections: SchemaConnections;
  /** Values that are kept of a connection's columns, beside what the server's statistics say; none by default. */
  keptValues?: ((connectionId: string) => Promise<readonly ValueSample[]>) | undefined;
}

export function createSchemaReader({ connections, keptValues }: SchemaReaderOptions): SchemaReader {
  const readerOf = async (connectionId: string, signal: AbortSignal | undefined): Promise<ReadRows> => {
    const database = await connections.open(connectionId, { signal });
    return (sql, params = []) => database.readRows(sql, params, { signal });
  };
  const schemas = keepFresh(async (id, signal) => introspectSchema(await readerOf(id, signal), { signal }));
  const samples = keepFresh(async (id, signal) => readValueSamples(await readerOf(id, signal), { signal }));
  const merge = createMerge();
  return {
    schemaOf: schemas.get,
    samplesOf: async (id, options = {}) => {
      const known = await samples.get(id, options);
      return keptValues ? merge(id, known, await keptValues(id)) : known;
    },
    forget: (connectionId) => {
      schemas.forget(connectionId);
      samples.forget(connectionId);
    },
  };
}

/** Kept values in the place of samples of the same columns; the same array as long as both stay the same. */
function createMerge() {
  const last = new Map<
    string,
    { known: readonly ValueSample[]; kept: readonly ValueSample[]; all: ValueSample[] }
  >();
  const keyOf = ({ namespace, table, column }: ValueSample) => `${namespace ?? ''}\0${table}\0${column}`;
  return (id: string, known: ValueSample[], kept: readonly ValueSample[]): ValueSample[] => {
    const before = last.get(id);
    if (before?.kept === kept && isSame(before.known, known)) return before.all;
    const columns = new Set(kept.map(keyOf));
    const all = [...kept, ...known.filter((sample) => !columns.has(keyOf(sample)))];
    last.set(id, { known, kept, all });
    return all;
  };
}

/** Samples are read anew every minute, and are mostly what they were. */
function isSame(one: readonly ValueSample[], other: readonly ValueSample[]): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
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
