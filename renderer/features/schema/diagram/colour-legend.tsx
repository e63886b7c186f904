import { copy } from '../../../copy.ts';
import { colourOf } from './flow.ts';
import type { Graph } from './graph.ts';

/** Which colour is which namespace; nothing where there is one. */
export function ColourLegend({ graph }: { graph: Graph }) {
  const colours = [...colourOf(graph)];
  if (colours.length < 2) return null;
  return (
    <ul
      aria-label={copy.explorer.diagram.colours}
      className="flex flex-wrap items-center gap-x-3 text-s text-text-2"
    >
      {colours.map(([namespace, colour]) => (
        <li key={namespace} className="flex items-center gap-1">
          <span aria-hidden className="h-3 w-3 rounded-s" style={{ background: `var(--ns-${colour})` }} />
          {namespace}
        </li>
      ))}
    </ul>
  );
}

/** A table's name; with its namespace where there are several. */
export function nameIn(graph: Graph, key: string): string {
  return colourOf(graph).size > 1 ? key : (graph.tables.get(key)?.name ?? key);
}
