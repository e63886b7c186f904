import { useEffect } from 'react';
import { hrefOf } from '../../lib/navigation.ts';

export type SchemaView = 'overview' | 'table' | 'diagram' | 'lint';

/** What `#/schema/…` names: a database, and what of it is shown. */
export interface SchemaPlace {
  sourceId: string | undefined;
  view: SchemaView;
  /** `namespace.table`. */
  table?: string | undefined;
  /** A statement whose joins are lit on the diagram. */
  sql?: string | undefined;
}

/**
 * `SOURCE`, `SOURCE/NAMESPACE.TABLE`, `SOURCE/lint`, `SOURCE/diagram`, `SOURCE/diagram/NAMESPACE.TABLE`,
 * `SOURCE/diagram/sql/STATEMENT`. A table's place has a dot in it, so that no table is called like a view.
 */
export function parsePlace([sourceId, view, first, second]: string[]): SchemaPlace {
  if (sourceId === undefined || sourceId === '') return { sourceId: undefined, view: 'overview' };
  if (view === undefined || view === '') return { sourceId, view: 'overview' };
  if (view === 'lint') return { sourceId, view };
  if (view !== 'diagram') return { sourceId, view: 'table', table: view };
  if (first === 'sql' && second !== undefined) return { sourceId, view, sql: second };
  return { sourceId, view, table: first };
}

export function hrefOfPlace({ sourceId, view, table, sql }: SchemaPlace): string {
  const rest = [
    ...(sourceId === undefined ? [] : [sourceId]),
    ...(view === 'lint' || view === 'diagram' ? [view] : []),
    ...(sql === undefined ? [] : ['sql', sql]),
    ...(table === undefined || sql !== undefined ? [] : [table]),
  ];
  return hrefOf('schema', ...rest);
}

const key = 'sqlcodegen.schema-place';

/** Comes back to what was looked at last when the page is opened without saying what. */
export function useLastPlace(rest: string[]): void {
  const place = rest.map(encodeURIComponent).join('/');
  useEffect(() => {
    if (place !== '') sessionStorage.setItem(key, place);
    else {
      const last = sessionStorage.getItem(key);
      if (last) window.location.replace(`#/schema/${last}`);
    }
  }, [place]);
}
