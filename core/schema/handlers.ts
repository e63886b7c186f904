import { AppError, type CoreHandlers } from '../contract/index.ts';
import { createExplorerHandlers, type ExplorerConnections } from './explorer/explorer-handlers.ts';
import { splitQuestion } from './question-words.ts';
import { readValueIndex } from './read-hints.ts';
import { isCommonWord } from './related-words.ts';
import { createSchemaReader, type SchemaReader } from './schema-reader.ts';
import type { ValueIndexes } from './value-index/create-value-indexes.ts';
import { searchValues } from './value-index/search-values.ts';

export interface SchemaHandlersOptions {
  connections: ExplorerConnections;
  /** Shared with whoever else reads schemas. Defaults to one of its own. */
  reader?: SchemaReader;
  /** Left out: no values are kept, and what is asked of them fails with NOT_FOUND. */
  values?: ValueIndexes;
}

type SchemaMethod = Extract<keyof CoreHandlers, `schema.${string}`>;

/** What schemas offer through the contract. */
export function createSchemaHandlers({
  connections,
  reader = createSchemaReader({ connections }),
  values: given,
}: SchemaHandlersOptions): Pick<CoreHandlers, SchemaMethod> {
  const values = () => given ?? refuseValues();
  return {
    ...createExplorerHandlers(connections, reader),
    'schema.introspect': ({ connectionId, refresh }, { signal }) =>
      reader.schemaOf(connectionId, { signal, refresh }),
    'schema.valueStatus': async ({ connectionId }) => values().status(connectionId),
    'schema.enableValues': async ({ connectionId, allowed }, { signal }) =>
      values().enable(connectionId, { allowed, signal }),
    'schema.disableValues': async ({ connectionId }) => values().disable(connectionId),
    'schema.refreshValues': async ({ connectionId, everything }, { signal }) =>
      values().refresh(connectionId, { everything, signal }),
    'schema.clearValues': async ({ connectionId }) => ({ cleared: await values().clear(connectionId) }),
    'schema.searchValues': async ({ connectionId, question }, { signal }) => {
      const index = await readValueIndex(reader, connectionId, { signal });
      const matches = searchValues(index, splitQuestion(question), { isWord: isCommonWord });
      return {
        matches: matches.map(({ table, column, value, score, isExact }) => ({
          ...{ table, column, value, score, isExact },
        })),
      };
    },
  };
}

function refuseValues(): never {
  throw new AppError('NOT_FOUND', 'This core keeps no values.', { hint: 'Ask the app itself.' });
}
