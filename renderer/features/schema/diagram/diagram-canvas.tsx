import {
  ControlButton,
  Controls,
  MiniMap,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  applyNodeChanges,
  useReactFlow,
  type NodeChange,
} from '@xyflow/react';
import { RotateCcw, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button, IconButton } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { nameIn } from './colour-legend.tsx';
import type { DiagramProps } from './diagram-view.tsx';
import { EdgeLayer } from './edge-layer.tsx';
import { onFindTable } from './find-table.ts';
import { toNodes, type TableNode } from './flow.ts';
import type { Detail, Graph, GraphEdge, LitPath } from './graph.ts';
import type { LaidOut } from './lay-out.ts';
import { TableBox } from './table-node.tsx';
import { usePlaces } from './use-places.ts';

const text = copy.explorer.diagram;
const nodeTypes = { table: TableBox };
/** Below this zoom columns cannot be read. */
const farZoom = 0.35;
const readableZoom = 0.9;
const moveMs = 300;

interface CanvasProps extends DiagramProps {
  graph: Graph;
  shown: { keys: string[]; edges: GraphEdge[] };
  detail: Detail;
  laidOut: LaidOut;
  path: LitPath | undefined;
  /** Whether all tables are shown: only then what is moved by hand is kept. */
  isWhole: boolean;
}

export function DiagramCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas(props: CanvasProps) {
  const { graph, shown, detail, laidOut, path, isWhole, source, onOpenTable, onFocus } = props;
  const flow = useReactFlow<TableNode>();
  const ref = useRef<HTMLDivElement>(null);
  const places = usePlaces(source.id, isWhole);
  const [selected, setSelected] = useState<string | undefined>(props.focus);
  const laid = useMemo(
    () =>
      toNodes({
        ...{ graph, keys: shown.keys, detail, path },
        placeOf: (key) => places.moved[key] ?? laidOut.places.get(key) ?? { x: 0, y: 0 },
      }),
    [graph, shown, detail, path, laidOut, places.moved],
  );
  const { nodes, change } = useMovedNodes(laid, selected);
  useFit(flow, laidOut, shown.keys);
  useEffect(
    () =>
      onFindTable((key) => {
        const node = flow.getNode(key);
        if (!node) return onFocus(key);
        setSelected(key);
        void flow.setCenter(
          node.position.x + (node.width ?? 0) / 2,
          node.position.y + (node.height ?? 0) / 2,
          { zoom: Math.max(flow.getZoom(), readableZoom), duration: duration() },
        );
      }),
    [flow, onFocus],
  );
  return (
    <div ref={ref} className="diagram" role="region" aria-label={text.label}>
      <ReactFlow
        nodes={nodes}
        nodeTypes={nodeTypes}
        onNodesChange={change}
        onNodeDragStop={(_event, node) => places.move(node.id, node.position)}
        onNodeClick={(_event, node) => setSelected(node.id)}
        onNodeDoubleClick={(_event, node) => onOpenTable(node.id)}
        onSelectionChange={({ nodes: [node] }) => {
          if (node && node.id !== selected) setSelected(node.id);
        }}
        onPaneClick={() => setSelected(undefined)}
        onMove={(_event, { zoom }) => ref.current?.toggleAttribute('data-far', zoom < farZoom)}
        onlyRenderVisibleElements
        nodesConnectable={false}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={0.03}
        maxZoom={2.5}
        proOptions={{ hideAttribution: true }}
      >
        <EdgeLayer nodes={nodes} edges={shown.edges} path={path} selected={selected} laidOut={laidOut} />
        <MiniMap pannable zoomable ariaLabel={text.minimap} nodeColor={miniColour} />
        <Controls showInteractive={false} fitViewOptions={{ duration: duration() }}>
          {isWhole && (
            <ControlButton
              title={text.relayoutNote}
              aria-label={text.relayout}
              disabled={Object.keys(places.moved).length === 0}
              onClick={places.reset}
            >
              <RotateCcw aria-hidden />
            </ControlButton>
          )}
        </Controls>
        {selected !== undefined && graph.tables.has(selected) && (
          <Panel position="top-left">
            <div className="card flex items-center gap-2 py-1 pr-1 pl-3" role="status">
              <strong className="max-w-[240px] truncate">{nameIn(graph, selected)}</strong>
              <Button small onClick={() => onOpenTable(selected)}>
                {text.open}
              </Button>
              <Button small onClick={() => onFocus(selected)}>
                {text.focusHere}
              </Button>
              <IconButton icon={X} label={text.close} onClick={() => setSelected(undefined)} />
            </div>
          </Panel>
        )}
      </ReactFlow>
    </div>
  );
}

function duration(): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : moveMs;
}

function miniColour({ data }: TableNode): string {
  return data.light === 'lit'
    ? 'var(--accent)'
    : data.light === 'dim'
      ? 'var(--border)'
      : `var(--ns-${data.colour})`;
}

/** What is laid out, with what the pointer is moving just now. */
function useMovedNodes(laid: TableNode[], selected: string | undefined) {
  const [moved, setMoved] = useState({ laid, nodes: laid });
  if (moved.laid !== laid) setMoved({ laid, nodes: laid });
  const current = moved.laid === laid ? moved.nodes : laid;
  const nodes = useMemo(
    () =>
      current.map((node) =>
        node.selected === (node.id === selected) ? node : { ...node, selected: node.id === selected },
      ),
    [current, selected],
  );
  return {
    nodes,
    change: (changes: NodeChange<TableNode>[]) => {
      const moves = changes.filter(({ type }) => type === 'position');
      if (moves.length > 0) setMoved({ laid, nodes: applyNodeChanges(moves, nodes) });
    },
  };
}

/** A new picture is shown whole; few tables are not blown up. */
function useFit(flow: ReturnType<typeof useReactFlow<TableNode>>, laidOut: LaidOut, keys: string[]): void {
  const isReady = flow.viewportInitialized;
  useEffect(() => {
    if (isReady && keys.length > 0) void flow.fitView({ maxZoom: 1, padding: 0.08 });
    // Another choice of columns of the same tables is another layout too.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [laidOut, isReady]);
}
