import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CoreClient, Gate, Promotion } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';

export const loopKey = ['loop'];

export function usePromotions() {
  const core = useCore();
  return useQuery({
    queryKey: [...loopKey, 'promotions'],
    queryFn: ({ signal }) => core['loop.promotions']({}, { signal }),
  });
}

type PromoteInput = Parameters<CoreClient['loop.promote']>[0];

/** Changes the model in use; all that shows it is read again. */
export function usePromote(onDone: (promotion: Promotion) => void) {
  const core = useCore();
  const refresh = useRefreshModels();
  return useMutation({
    mutationFn: (input: PromoteInput) => core['loop.promote'](input),
    onSuccess: onDone,
    onSettled: refresh,
  });
}

/** Writes down that the model in use stays. */
export function useKeep(onDone: (gate: Gate) => void) {
  const core = useCore();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (gateId: string) => core['loop.keep']({ gateId }),
    onSuccess: onDone,
    onSettled: () => cache.invalidateQueries({ queryKey: loopKey }),
  });
}

export function useRollBack(onDone: (promotion: Promotion) => void) {
  const core = useCore();
  const refresh = useRefreshModels();
  return useMutation({
    mutationFn: () => core['loop.rollBack']({}),
    onSuccess: onDone,
    onSettled: refresh,
  });
}

function useRefreshModels(): () => Promise<unknown> {
  const cache = useQueryClient();
  return () =>
    Promise.all(
      [loopKey, queryKeys.models, ['settings']].map((queryKey) => cache.invalidateQueries({ queryKey })),
    );
}
