import type { DatabaseSchema, HandlerContext } from '../contract/index.ts';
import type { ValueHint, ValueSample } from '../schema/find-hints.ts';
import { findValueHints, readValueSamples, type ReadRows } from './value-samples.ts';

export interface SchemaSourceDeps {
  openDatabase(connectionId: string, context: HandlerContext): Promise<{ readRows: ReadRows }>;
  introspect(
    read: (sql: string, params?: unknown[]) => Promise<Record<string, unknown>[]>,
    options: { signal: AbortSignal },
  ): Promise<DatabaseSchema>;
}

/** Schemas and value samples by connection, kept between questions. */
export interface SchemaSource {
  /** Read anew when older than a minute, or when asked to. */
  readSchema(
    connectionId: string,
    context: HandlerContext,
    options?: { refresh?: boolean | undefined },
  ): Promise<DatabaseSchema>;
  /** Stored values that a question names. Samples are kept as long as the schema stays the same. */
  readHints(connectionId: string, question: string, context: HandlerContext): Promise<ValueHint[]>;
  /** After a connection was changed or removed. */
  forget(connectionId: string): void;
}

interface Kept {
  schema: DatabaseSchema;
  readAt: number;
  samples?: ValueSample[];
}

const freshMs = 60_000;

export function createSchemaSource(deps: SchemaSourceDeps): SchemaSource {
  const keptById = new Map<string, Kept>();

  async function read(connectionId: string, context: HandlerContext, refresh = false): Promise<Kept> {
    const known = keptById.get(connectionId);
    if (known && !refresh && performance.now() - known.readAt < freshMs) return known;
    const database = await deps.openDatabase(connectionId, context);
    const { signal } = context;
    const readRows = (sql: string, params: unknown[] = []) => database.readRows(sql, params, { signal });
    const schema = await deps.introspect(readRows, { signal });
    const same = known && !refresh && JSON.stringify(known.schema.tables) === JSON.stringify(schema.tables);
    const kept: Kept = { schema, readAt: performance.now(), ...(same ? { samples: known.samples } : {}) };
    keptById.set(connectionId, kept);
    return kept;
  }

  return {
    readSchema: async (connectionId, context, options) =>
      (await read(connectionId, context, options?.refresh)).schema,
    async readHints(connectionId, question, context) {
      const kept = await read(connectionId, context);
      if (!kept.samples) {
        const database = await deps.openDatabase(connectionId, context);
        const rows: ReadRows = (sql, params, options) => database.readRows(sql, params, options);
        kept.samples = await readValueSamples(rows, kept.schema, context.signal);
      }
      return findValueHints(kept.schema, kept.samples, question);
    },
    forget: (connectionId) => void keptById.delete(connectionId),
  };
}
