import ELK, { type ELK as Elk, type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';

interface Point {
  x: number;
  y: number;
}

export interface LaidOut {
  /** Upper left corners by table, in pixels. */
  places: ReadonlyMap<string, Point>;
  /** The way of an edge around the tables, by its id; absent for those that were left out of the layout. */
  routes: ReadonlyMap<string, Point[]>;
}

export interface LayoutInput {
  nodes: { key: string; width: number; height: number }[];
  edges: { id: string; from: string; to: string }[];
}

let elk: Elk | undefined;
let running = 0;

/** ELK's own worker, made once: it takes a moment to start, so it is started before it is needed. */
function worker(): Elk {
  elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) });
  return elk;
}

const options = {
  'elk.algorithm': 'layered',
  // Referring tables on the left, those that they refer to on the right.
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '24',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
  'elk.spacing.componentComponent': '40',
  'elk.aspectRatio': '1.6',
  // More sweeps cost seconds at 300 tables, and cross hardly fewer edges.
  'elk.layered.thoroughness': '3',
  // The others leave room for edges that pass by: three times the height at 300 tables.
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
};

/** Lays out in the worker. An aborted layout ends the worker, which knows no other way to stop. */
export async function layOut({ nodes, edges }: LayoutInput, signal: AbortSignal): Promise<LaidOut> {
  signal.throwIfAborted();
  const stop = () => {
    // Another layout in the same worker still has somebody waiting for it.
    if (running !== 1) return;
    elk?.terminateWorker();
    elk = undefined;
  };
  signal.addEventListener('abort', stop, { once: true });
  running += 1;
  try {
    const result = await Promise.race([worker().layout(toElk({ nodes, edges })), aborted(signal)]);
    return {
      places: new Map((result.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }])),
      routes: new Map((result.edges ?? []).map((edge) => [edge.id ?? '', routeOf(edge)])),
    };
  } finally {
    running = Math.max(0, running - 1);
    signal.removeEventListener('abort', stop);
  }
}

function routeOf({ sections = [] }: ElkExtendedEdge): Point[] {
  return sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
}

function toElk({ nodes, edges }: LayoutInput): ElkNode {
  return {
    id: 'root',
    layoutOptions: { ...options, ...(nodes.length < largeFrom ? {} : tight) },
    children: nodes.map(({ key, width, height }) => ({ id: key, width, height })),
    edges: shapingEdges(nodes.length, edges).map(({ id, from, to }) => ({
      id,
      sources: [from],
      targets: [to],
    })),
  };
}

/** Beyond so many tables, what is referred to more often than this shapes nothing: everything would hang on it. */
const largeFrom = 60;
/** In pixels; room for each of hundreds of edges would push the tables apart. */
const tight = {
  'elk.spacing.edgeEdge': '2',
  'elk.spacing.edgeNode': '5',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '3',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
};
const hubFrom = 9;

function shapingEdges(count: number, edges: LayoutInput['edges']): LayoutInput['edges'] {
  const others = edges.filter(({ from, to }) => from !== to);
  if (count < largeFrom) return others;
  const referred = Map.groupBy(others, ({ to }) => to);
  return others.filter(({ to }) => (referred.get(to)?.length ?? 0) < hubFrom);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
