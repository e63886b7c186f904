import { useEffect, useMemo, useState } from 'react';
import { sizeOf, type Detail, type Graph, type GraphEdge } from './graph.ts';
import { layOut, type LaidOut } from './lay-out.ts';

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

/** The last layouts by what they are of: going back to one shows it at once. */
const kept = new Map<string, LaidOut>();
const keptLayouts = 12;

/** Lays out what is shown, in a worker; another picture or leaving the page cancels it. */
export function useLayout(graph: Graph, { keys, edges, detail }: Shown): Layout {
  const input = useMemo(
    () => ({
      nodes: keys.flatMap((key) => {
        const table = graph.tables.get(key);
        return table ? [{ key, ...sizeOf(table, detail) }] : [];
      }),
      edges: edges.map(({ id, from, to }) => ({ id, from, to })),
    }),
    [graph, keys, edges, detail],
  );
  const signature = useMemo(() => JSON.stringify(input), [input]);
  const [done, setDone] = useState<{ signature: string; laidOut?: LaidOut; error?: unknown }>();
  const [attempt, setAttempt] = useState(0);
  const known = kept.get(signature) ?? (done?.signature === signature ? done.laidOut : undefined);
  useEffect(() => {
    if (kept.has(signature)) return;
    const controller = new AbortController();
    layOut(input, controller.signal).then(
      (laidOut) => {
        if (controller.signal.aborted) return;
        keep(signature, laidOut);
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
