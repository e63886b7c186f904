import { copy } from '../../../copy.ts';
import { hrefOfPlace } from '../places.ts';
import type { Source } from '../sources.ts';
import { nameIn } from './colour-legend.tsx';
import type { Graph, GraphEdge } from './graph.ts';

const text = copy.explorer.diagram;

interface RelationListProps {
  source: Source;
  graph: Graph;
  keys: string[];
  edges: GraphEdge[];
}

/** What the diagram shows, in words: each table, and what it refers to. */
export function RelationList({ source, graph, keys, edges }: RelationListProps) {
  const edgesOf = Map.groupBy(edges, ({ from }) => from);
  return (
    <section aria-label={text.textTitle} tabIndex={0} className="scroll min-h-0 flex-1 p-6">
      {edges.length === 0 && <p className="pb-3 text-text-2">{text.textNone}</p>}
      <ul className="grid gap-2">
        {keys.map((key) => (
          <li key={key}>
            <a href={hrefOfPlace({ sourceId: source.id, view: 'table', table: key })} className="font-[600]">
              {nameIn(graph, key)}
            </a>
            <ul className="pl-6">
              {(edgesOf.get(key) ?? []).map((edge) => (
                <li key={edge.id} className="text-s">
                  {describe(graph, edge)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function describe(graph: Graph, { from, to, columns, targetColumns, many }: GraphEdge): string {
  return text.relation(
    `${nameIn(graph, from)} (${columns.join(', ')})`,
    `${nameIn(graph, to)} (${targetColumns.join(', ')})`,
    text.cardinalities[many ? 'n:1' : '1:1'],
  );
}
