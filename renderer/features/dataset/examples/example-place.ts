import { hrefOf, navigate, replaceRoute } from '../../../lib/navigation.ts';
import { parseSearch, printSearch, type ExampleSearch } from './search-address.ts';

/** Stands where an id would, while no example is open: ids have a colon. */
const noExample = 'search';

export interface ExamplePlace {
  /** The example that is open. */
  id: string | undefined;
  search: ExampleSearch;
}

/** `examples/dev:12/hardness=easy` → what is open, and in which search. */
export function parsePlace([, id = noExample, search = '']: string[]): ExamplePlace {
  return { id: id === noExample ? undefined : id, search: parseSearch(search) };
}

function printPlace({ id, search }: ExamplePlace): string[] {
  const address = printSearch(search);
  return [
    'examples',
    ...(id === undefined && address === '' ? [] : [id ?? noExample]),
    ...(address && [address]),
  ];
}

export function hrefOfPlace(place: ExamplePlace): string {
  return hrefOf('dataset', ...printPlace(place));
}

/** @param options.replace leaves no step in the window's history */
export function goToPlace(place: ExamplePlace, { replace = false } = {}): void {
  (replace ? replaceRoute : navigate)('dataset', ...printPlace(place));
}
