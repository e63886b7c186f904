import { useQuery } from '@tanstack/react-query';
import type { TrainingRunInfo, TrainingRunState } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';

export const runListKey = ['training.list'];

/** Something is still to come of it, by itself or after the user did something. */
const liveStates: readonly TrainingRunState[] = [
  ...(['preparing', 'waiting', 'running', 'stopping'] as const),
  ...(['unreachable', 'paused'] as const),
];

export function isLive({ state }: Pick<TrainingRunInfo, 'state'>): boolean {
  return liveStates.includes(state);
}

/** It ended by itself: more steps are a choice, not a repair. */
export function hasReachedEnd({ state }: Pick<TrainingRunInfo, 'state'>): boolean {
  return state === 'finished' || state === 'stopped_early';
}

/** Its newest start is up and its trainer has said nothing yet. */
export function isLoading({ state, started, startedAt }: TrainingRunInfo): boolean {
  return state === 'running' && Date.parse(started?.time ?? '') !== Date.parse(startedAt ?? '');
}

/** What all starts of a run took together, in seconds; the newest up to `nowMs`, else to its last word. */
export function spentOf(run: TrainingRunInfo, nowMs?: number): number | undefined {
  const { startedAt, endedAt, lastEventAt, earlierSeconds = 0 } = run;
  if (startedAt === undefined) return undefined;
  const endMs = nowMs ?? Date.parse(endedAt ?? lastEventAt ?? startedAt);
  return earlierSeconds + Math.max(0, endMs - Date.parse(startedAt)) / 1_000;
}

const liveEveryMs = 2_000;
const restEveryMs = 15_000;

/** All runs, read again while the list is shown: a run may begin outside the app at any time. */
export function useTrainingRuns() {
  const core = useCore();
  return useQuery({
    queryKey: runListKey,
    queryFn: ({ signal }) => core['training.list']({}, { signal }),
    refetchInterval: ({ state }) => (state.data?.some(isLive) ? liveEveryMs : restEveryMs),
  });
}
