import type { CoreHandlers } from '../contract/index.ts';
import { createSchemaReader, type SchemaConnections, type SchemaReader } from './schema-reader.ts';

export interface SchemaHandlersOptions {
  connections: SchemaConnections;
  /** Shared with whoever else reads schemas. Defaults to one of its own. */
  reader?: SchemaReader;
}

/** What schemas offer through the contract. */
export function createSchemaHandlers({
  connections,
  reader = createSchemaReader({ connections }),
}: SchemaHandlersOptions): Pick<CoreHandlers, 'schema.introspect'> {
  return {
    'schema.introspect': ({ connectionId, refresh }, { signal }) =>
      reader.schemaOf(connectionId, { signal, refresh }),
  };
}
