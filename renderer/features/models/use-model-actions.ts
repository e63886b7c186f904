import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AppError, type ModelInfo } from '../../../core/contract/index.ts';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { keepPreference } from '../../lib/preferences.ts';
import { queryKeys } from '../../lib/queries.ts';

export type ModelAct = 'load' | 'load-anyway' | 'unload' | 'forget' | 'delete' | 'measure';

/** Whether a model was refused because memory is too small. */
export function isTooLarge(error: unknown): boolean {
  return AppError.from(error).code === 'OUT_OF_MEMORY';
}

/** What can be done with a model of the list; each tells what it did, and the list is read again. */
export function useModelActions(inUse: string) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: async ({ act, model }: { act: ModelAct; model: ModelInfo }): Promise<string | undefined> => {
      const { path } = model;
      switch (act) {
        case 'load':
        case 'load-anyway':
          await core['models.load']({ path, anyway: act === 'load-anyway' });
          return undefined;
        case 'unload':
          await core['models.unload']({});
          return copy.models.unloaded;
        case 'delete':
          return copy.models.removed(formatBytes((await core['models.delete']({ path })).freedBytes));
        case 'measure': {
          const { tokensPerSecond } = await core['models.bench']({ path });
          return copy.models.measured(tokensPerSecond.toFixed(1));
        }
        case 'forget':
          await core['models.forget']({ path });
          // The one in use would stay on the list.
          if (path === inUse) await keepPreference('modelPath', '');
          return copy.models.forgotten;
      }
    },
    onSuccess: (said) => {
      if (said !== undefined) toast(said);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.models }),
  });
}
