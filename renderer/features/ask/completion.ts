import type { SQLNamespace } from '@codemirror/lang-sql';
import { useMemo } from 'react';
import type { DatabaseSchema, Table } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

/** What the editor completes: namespaces, their tables, their columns with types. */
export function toNamespace(schema: DatabaseSchema): SQLNamespace {
  const namespaces: Record<string, Record<string, SQLNamespace>> = {};
  for (const table of schema.tables) {
    namespaces[table.namespace] ??= {};
    const tables = namespaces[table.namespace];
    // Names with dots would be read as a path.
    if (tables) tables[table.name.replaceAll('.', '\\.')] = describeTable(table);
  }
  return namespaces;
}

function describeTable(table: Table): SQLNamespace {
  return {
    self: { label: table.name, type: 'type', detail: copy.schema.kinds[table.kind] },
    children: table.columns.map((column) => ({
      label: column.name,
      type: 'property',
      detail: column.type,
      ...(column.comment === undefined ? {} : { info: column.comment }),
    })),
  };
}

export function useNamespace(schema: DatabaseSchema | undefined): SQLNamespace | undefined {
  return useMemo(() => schema && toNamespace(schema), [schema]);
}
