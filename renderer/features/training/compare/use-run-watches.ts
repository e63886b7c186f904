import { useEffect, useState } from 'react';
import { useCore, useLinkState } from '../../../lib/core-context.tsx';
import { createRunCurves } from '../run/run-curves.ts';
import { followRun, nothingShown, type RunWatch, type ShownRun } from '../run/use-run-watch.ts';

/** Watches several runs at once. @param ids keep them stable: they are read once */
export function useRunWatches(ids: readonly string[]): RunWatch[] {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const [curves] = useState(() => new Map(ids.map((id) => [id, createRunCurves()])));
  const [shown, setShown] = useState<Readonly<Record<string, ShownRun>>>({});
  useEffect(() => {
    if (!isConnected) return;
    const controller = new AbortController();
    for (const [id, own] of curves) {
      const change = (changed: (last: ShownRun) => Partial<ShownRun>) =>
        setShown((all) => {
          const last = all[id] ?? nothingShown;
          return { ...all, [id]: { ...last, error: undefined, ...changed(last) } };
        });
      followRun(core, id, own, controller.signal, change).catch((error: unknown) => {
        if (!controller.signal.aborted) change(() => ({ error }));
      });
    }
    return () => controller.abort();
  }, [core, isConnected, curves]);
  return [...curves].map(([id, own]) => ({ ...(shown[id] ?? nothingShown), curves: own }));
}
