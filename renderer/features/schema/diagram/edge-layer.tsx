import { ViewportPortal } from '@xyflow/react';
import { memo, useMemo } from 'react';
import { drawLines, type Box } from './edge-geometry.ts';
import type { TableNode } from './flow.ts';
import type { GraphEdge, LitPath } from './graph.ts';
import type { LaidOut } from './lay-out.ts';

interface EdgeLayerProps {
  nodes: TableNode[];
  edges: readonly GraphEdge[];
  path: LitPath | undefined;
  selected: string | undefined;
  laidOut: LaidOut;
}

/** How an edge is drawn; the later ones above. */
const looks = ['dim', 'plain', 'lit', 'fans'] as const;
type Look = (typeof looks)[number];

/**
 * All edges in one drawing, a path for each look: hundreds of elements of their own would cost more than a frame each
 * time one comes into sight. What they say is in the list beside the picture.
 */
export const EdgeLayer = memo(function EdgeLayer({ nodes, edges, path, selected, laidOut }: EdgeLayerProps) {
  const boxes = useMemo(() => boxesOf(nodes), [nodes]);
  const groups = useMemo(
    () => Map.groupBy(edges, (edge) => `${lookOf(edge, path, selected)}${edge.isJoin ? ' join' : ''}`),
    [edges, path, selected],
  );
  return (
    <ViewportPortal>
      <svg aria-hidden className="edge-layer">
        {looks.flatMap((look) =>
          [look, `${look} join`].map((name) => (
            <EdgePaths
              key={name}
              look={name}
              edges={groups.get(name) ?? []}
              boxes={boxes}
              laidOut={laidOut}
            />
          )),
        )}
      </svg>
    </ViewportPortal>
  );
});

function boxesOf(nodes: TableNode[]): ReadonlyMap<string, Box> {
  return new Map(
    nodes.map(({ id, position, width = 0, height = 0 }) => [id, { ...position, width, height }]),
  );
}

function lookOf({ id, from, to }: GraphEdge, path: LitPath | undefined, selected: string | undefined): Look {
  const fans = path?.edges.get(id);
  if (fans !== undefined) return fans ? 'fans' : 'lit';
  if (path) return 'dim';
  return selected === from || selected === to ? 'lit' : 'plain';
}

interface EdgePathsProps {
  look: string;
  edges: readonly GraphEdge[];
  boxes: ReadonlyMap<string, Box>;
  laidOut: LaidOut;
}

function EdgePaths({ look, edges, boxes, laidOut }: EdgePathsProps) {
  const drawn = useMemo(
    () =>
      edges.flatMap((edge) => {
        const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
        return from && to ? [drawLines(edge, laidOut, from, to)] : [];
      }),
    [edges, boxes, laidOut],
  );
  if (drawn.length === 0) return null;
  return (
    <g className={`relation ${look}`}>
      <path className="relation-line" d={drawn.map(({ line }) => line).join('')} />
      <path className="relation-marks" d={drawn.map(({ marks }) => marks).join('')} />
      <path className="relation-ring" d={drawn.map(({ ring }) => ring).join('')} />
    </g>
  );
}
