import type { Node } from '@xyflow/react';
import type { Table } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import type { Point } from './edge-geometry.ts';
import { sizeOf, type Detail, type Graph, type LitPath } from './graph.ts';

export interface TableNodeData extends Record<string, unknown> {
  table: Table;
  detail: Detail;
  /** Of the palette, by namespace. */
  colour: number;
  /** In a statement's path, beside it, or no path is shown. */
  light: 'lit' | 'dim' | 'plain';
}
export type TableNode = Node<TableNodeData, 'table'>;

export const colours = 8;

/** Colours by namespace, in the order in which they come. */
export function colourOf(graph: Graph): Map<string, number> {
  const names = [...new Set([...graph.tables.values()].map(({ namespace }) => namespace))];
  return new Map(names.map((name, at) => [name, at % colours]));
}

export interface FlowInput {
  graph: Graph;
  keys: string[];
  detail: Detail;
  placeOf(key: string): Point;
  path: LitPath | undefined;
}

/** React Flow's nodes, with their sizes: nothing must be drawn to be measured. */
export function toNodes({ graph, keys, detail, placeOf, path }: FlowInput): TableNode[] {
  const colour = colourOf(graph);
  const into = new Map<string, Set<string>>();
  for (const { from, to } of graph.edges) into.set(to, (into.get(to) ?? new Set()).add(from));
  return keys.flatMap((key): TableNode[] => {
    const table = graph.tables.get(key);
    if (!table) return [];
    const { width, height } = sizeOf(table, detail);
    const out = new Set(table.foreignKeys.map(({ targetTable }) => targetTable)).size;
    return [
      {
        ...{ id: key, type: 'table', position: placeOf(key), width, height, measured: { width, height } },
        data: {
          ...{ table, detail, colour: colour.get(table.namespace) ?? 0 },
          light: path ? (path.tables.has(key) ? 'lit' : 'dim') : 'plain',
        },
        ariaLabel: copy.explorer.diagram.node(
          table.name,
          table.columns.length,
          out,
          into.get(key)?.size ?? 0,
        ),
      },
    ];
  });
}
