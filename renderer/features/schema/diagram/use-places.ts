import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { DiagramPlaces } from '../../../../core/contract/index.ts';
import { useCore } from '../../../lib/core-context.tsx';
import type { Point } from './edge-geometry.ts';

const none: DiagramPlaces = {};

/** Where the user put tables of a database's whole diagram; kept by the core. */
export function usePlaces(sourceId: string, isWhole: boolean) {
  const core = useCore();
  const cache = useQueryClient();
  const queryKey = ['diagram', sourceId];
  const kept = useQuery({
    queryKey,
    queryFn: ({ signal }) => core['diagram.get']({ connectionId: sourceId }, { signal }),
    staleTime: Infinity,
    enabled: isWhole,
  });
  const moved = isWhole ? (kept.data?.places ?? none) : none;
  function save(places: DiagramPlaces): void {
    cache.setQueryData(queryKey, { places });
    // A place that is lost costs one more move.
    core['diagram.save']({ connectionId: sourceId, places }).catch(() => undefined);
  }
  return {
    moved,
    move: (key: string, { x, y }: Point) => {
      if (isWhole) save({ ...moved, [key]: { x, y } });
    },
    reset: () => save({}),
  };
}
