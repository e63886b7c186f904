import type { DatabaseSchema } from '../../../../core/contract/index.ts';
import { useEffect, useMemo, useState } from 'react';
import { buildGraph, sizeOf, type Detail, type Graph, type GraphEdge } from './graph.ts';
import { layOut, type LaidOut, type LayoutInput } from './lay-out.ts';

/** What is drawn: tables, and the edges between them. */
export interface Shown {
  keys: string[];
  edges: GraphEdge[];
  detail: Detail;
}

export interface Layout {
  /** Of what is shown now; undefined while it is laid out. */
  laidOut: LaidOut | undefined;
  error: unknown;
  retry(): void;
}

/** What is laid out: tables with their sizes, and edges. */
function inputOf(graph: Graph, { keys, edges, detail }: Shown): LayoutInput {
  return {
    nodes: keys.flatMap((key) => {
      const table = graph.tables.get(key);
      return table ? [{ key, ...sizeOf(table, detail) }] : [];
    }),
    edges: edges.map(({ id, from, to }) => ({ id, from, to })),
  };
}

/** Lays out all tables before the diagram is opened, as it will begin: in the worker, so that nobody waits for it. */
export async function prepareLayout(schema: DatabaseSchema, signal: AbortSignal): Promise<void> {
  const graph = buildGraph(schema);
  const keys = [...graph.tables.keys()];
  const input = inputOf(graph, { keys, edges: graph.edges, detail: firstDetail(keys.length) });
  const signature = JSON.stringify(input);
  if (!kept.has(signature)) await begin(signature, input, signal);
}

/** More tables than this begin with names alone. */
const keysUpTo = 120;

export function firstDetail(tables: number): Detail {
  return tables > keysUpTo ? 'names' : 'keys';
}

/** What is being laid out: who wants the same waits for the same. */
const begun = new Map<string, Promise<LaidOut>>();

function begin(signature: string, input: LayoutInput, signal: AbortSignal): Promise<LaidOut> {
  const running = begun.get(signature);
  if (running) return running;
  const layout = layOut(input, signal)
    .then((laidOut) => {
      keep(signature, laidOut);
      return laidOut;
    })
    .finally(() => begun.delete(signature));
  begun.set(signature, layout);
  return layout;
}

/** The last layouts by what they are of: going back to one shows it at once. */
const kept = new Map<string, LaidOut>();
const keptLayouts = 12;

/** Lays out what is shown, in a worker; another picture or leaving the page cancels it. */
export function useLayout(graph: Graph, { keys, edges, detail }: Shown): Layout {
  const input = useMemo(() => inputOf(graph, { keys, edges, detail }), [graph, keys, edges, detail]);
  const signature = useMemo(() => JSON.stringify(input), [input]);
  const [done, setDone] = useState<{ signature: string; laidOut?: LaidOut; error?: unknown }>();
  const [attempt, setAttempt] = useState(0);
  const known = kept.get(signature) ?? (done?.signature === signature ? done.laidOut : undefined);
  useEffect(() => {
    if (kept.has(signature)) return;
    const controller = new AbortController();
    begin(signature, input, controller.signal).then(
      (laidOut) => {
        if (controller.signal.aborted) return;
        setDone({ signature, laidOut });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setDone({ signature, error });
      },
    );
    return () => controller.abort();
    // The signature is the input.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [signature, attempt]);
  return {
    laidOut: known,
    error: done?.signature === signature ? done.error : undefined,
    retry: () => {
      setDone(undefined);
      setAttempt(attempt + 1);
    },
  };
}

function keep(signature: string, laidOut: LaidOut): void {
  kept.set(signature, laidOut);
  const [oldest] = kept.keys();
  if (kept.size > keptLayouts && oldest !== undefined) kept.delete(oldest);
}
