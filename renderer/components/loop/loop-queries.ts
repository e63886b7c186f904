import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CoreClient, Gate, Promotion } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { syncPreferences } from '../../lib/preferences.ts';
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

export function useRefreshModels(): () => Promise<unknown> {
  const core = useCore();
  const cache = useQueryClient();
  return async () => {
    // The model in use is a setting, which the core has changed.
    await syncPreferences(core);
    const keys = [loopKey, queryKeys.models, ['settings']];
    await Promise.all(keys.map((queryKey) => cache.invalidateQueries({ queryKey })));
  };
}
