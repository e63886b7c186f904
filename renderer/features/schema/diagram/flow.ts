import { Position, type Edge, type Node } from '@xyflow/react';
import type { Table } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { sizeOf, type Detail, type Graph, type GraphEdge, type LitPath } from './graph.ts';

export interface TableNodeData extends Record<string, unknown> {
  table: Table;
  detail: Detail;
  /** Of the palette, by namespace. */
  colour: number;
  /** In a statement's path, beside it, or no path is shown. */
  light: 'lit' | 'dim' | 'plain';
}
export type TableNode = Node<TableNodeData, 'table'>;

export interface Point {
  x: number;
  y: number;
}

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

/** React Flow's nodes, with sizes and handles: nothing must be drawn to be measured. */
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
        handles: [handle('left', 0, height / 2), handle('right', width, height / 2)],
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

function handle(id: 'left' | 'right', x: number, y: number) {
  const position = id === 'left' ? Position.Left : Position.Right;
  return { id, type: 'source' as const, position, x, y, width: 1, height: 1 };
}

export interface EdgeInput {
  edges: readonly GraphEdge[];
  boxOf(key: string): (Point & { width: number }) | undefined;
  path: LitPath | undefined;
  selected: string | undefined;
}

/** Each edge leaves its tables on the sides that face each other. */
export function toEdges({ edges, boxOf, path, selected }: EdgeInput): Edge[] {
  return edges.flatMap((edge): Edge[] => {
    const [from, to] = [boxOf(edge.from), boxOf(edge.to)];
    if (!from || !to) return [];
    const { sourceHandle, targetHandle } = facing(from, to);
    const fans = path?.edges.get(edge.id);
    const state =
      fans !== undefined
        ? fans
          ? 'fans'
          : 'lit'
        : path
          ? 'dim'
          : selected === edge.from || selected === edge.to
            ? 'lit'
            : 'plain';
    return [
      {
        ...{ id: edge.id, source: edge.from, target: edge.to, sourceHandle, targetHandle },
        type: edge.from === edge.to ? 'default' : 'smoothstep',
        className: `relation ${state} ${edge.isJoin ? 'join' : ''}`,
        markerStart: edge.many ? 'relation-many' : 'relation-one',
        markerEnd: edge.isJoin ? 'relation-plain' : edge.optional ? 'relation-optional' : 'relation-one',
        focusable: false,
        ...(state === 'plain' || state === 'dim' ? {} : { zIndex: 1 }),
      },
    ];
  });
}

export function facing(from: Point & { width: number }, to: Point & { width: number }) {
  const right = to.x > from.x + from.width;
  const left = to.x + to.width < from.x;
  if (right) return { sourceHandle: 'right', targetHandle: 'left' };
  if (left) return { sourceHandle: 'left', targetHandle: 'right' };
  return { sourceHandle: 'right', targetHandle: 'right' };
}
