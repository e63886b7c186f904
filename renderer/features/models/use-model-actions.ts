import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ModelInfo } from '../../../core/contract/index.ts';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { keepPreference } from '../../lib/preferences.ts';
import { queryKeys } from '../../lib/queries.ts';

export type ModelAct = 'use' | 'load' | 'unload' | 'forget';

/** What can be done with a model of the list; each tells what it did, and the list is read again. */
export function useModelActions(inUse: string) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: async ({ act, model }: { act: ModelAct; model: ModelInfo }) => {
      const { path } = model;
      if (act === 'use') await keepPreference('modelPath', model.embedded ? '' : path);
      else if (act === 'load') await core['models.load']({ path });
      else if (act === 'unload') await core['models.unload']({});
      else await core['models.forget']({ path });
      // The one in use would stay on the list.
      if (act === 'forget' && path === inUse) await keepPreference('modelPath', '');
    },
    onSuccess: (_result, { act, model }) => {
      if (act === 'use') toast(copy.models.used(model.name));
      if (act === 'unload') toast(copy.models.unloaded);
      if (act === 'forget') toast(copy.models.forgotten);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.models }),
  });
}
