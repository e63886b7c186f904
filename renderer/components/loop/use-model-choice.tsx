import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { AppError } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { InsistDialog } from './insist-dialog.tsx';
import { useRefreshModels } from './loop-queries.ts';

export interface ChosenModel {
  /** Empty is the starter. */
  path: string;
  name: string;
}

export interface ModelChoice {
  choose(model: ChosenModel): void;
  isPending: boolean;
  /** Why it was not chosen; undefined also while a reason is asked for. */
  error: AppError | undefined;
  reset(): void;
  /** Asks for the reason where nothing speaks for the model: to be shown somewhere. */
  dialog: ReactNode;
}

/** Uses another model, which is kept in the history of models. */
export function useModelChoice(
  onDone: (model: ChosenModel) => void,
  onFailed?: (error: AppError) => void,
): ModelChoice {
  const core = useCore();
  const refresh = useRefreshModels();
  const use = useMutation({
    mutationFn: ({ path, insistBecause }: ChosenModel & { insistBecause?: string }) =>
      core['loop.use']({ model: { path }, ...(insistBecause !== undefined && { insistBecause }) }),
    onSuccess: (_, model) => onDone(model),
    onError(thrown) {
      const failed = AppError.from(thrown);
      if (!asksForReason(failed)) onFailed?.(failed);
    },
    onSettled: refresh,
  });
  const error = use.error ? AppError.from(use.error) : undefined;
  const asks = asksForReason(error) ? use.variables : undefined;
  return {
    choose: (model) => use.mutate(model),
    isPending: use.isPending,
    error: asks ? undefined : error,
    reset: () => use.reset(),
    dialog: asks && (
      <InsistDialog
        why={String(error?.details?.['objection'] ?? '')}
        onInsist={(insistBecause) => use.mutate({ ...asks, insistBecause })}
        onClose={() => use.reset()}
      />
    ),
  };
}

function asksForReason(error: AppError | undefined): boolean {
  return error?.details?.['needsReason'] === true;
}
