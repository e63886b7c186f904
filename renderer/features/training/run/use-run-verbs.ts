import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { AppError, type CoreClient, type TrainingRunInfo } from '../../../../core/contract/index.ts';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { navigate } from '../../../lib/navigation.ts';
import { runListKey } from '../training-queries.ts';

const text = copy.training.verbs;

export type ExportRequest = Omit<Parameters<CoreClient['training.export']>[0], 'runId'>;

/** What can be done with a run. Each says by a toast why it did not work. */
export interface RunVerbs {
  stop(): void;
  cancel(): void;
  /** @param maxSteps absent: to where it was to go */
  resume(maxSteps?: number): void;
  fetch(): void;
  export(request: ExportRequest): void;
  cleanUp(): void;
  remove(): void;
  openTensorBoard(): void;
  /** Where TensorBoard is, once it was asked for. */
  tensorBoardUrl: string | undefined;
  isBusy: boolean;
}

/** @param onChanged when the run goes on and is to be watched anew */
export function useRunVerbs(
  { id: runId, cancelAskedAt: wasAsked }: TrainingRunInfo,
  onChanged: () => void,
): RunVerbs {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const use = <I, O>(run: (input: I) => Promise<O>, onSuccess: (output: O) => void) =>
    ({
      mutationFn: run,
      onSuccess: (output: O) => {
        onSuccess(output);
        return cache.invalidateQueries({ queryKey: runListKey });
      },
      onError: (error: unknown) => toast(describe(error)),
    }) as const;
  const stop = useMutation(
    use(
      () => core['training.stop']({ runId }),
      () => toast(text.stopping),
    ),
  );
  const cancel = useMutation(
    use(
      () => core['training.cancel']({ runId }),
      (after) => toast(describeCancel(wasAsked, after)),
    ),
  );
  const resume = useMutation(
    use(
      (maxSteps: number | undefined) => core['training.resume']({ runId, ...(maxSteps && { maxSteps }) }),
      () => {
        toast(text.resumed);
        onChanged();
      },
    ),
  );
  const fetch = useMutation(
    use(
      () => core['training.fetch']({ runId }),
      () => toast(text.fetching),
    ),
  );
  const exporting = useMutation(
    use(
      (request: ExportRequest) => core['training.export']({ runId, ...request }),
      () => toast(text.exporting),
    ),
  );
  const cleanUp = useMutation(
    use(
      () => core['training.cleanUp']({ runId }),
      () => {
        toast(text.cleaned);
        onChanged();
      },
    ),
  );
  const remove = useMutation(
    use(
      () => core['training.remove']({ runId }),
      () => {
        toast(text.removed);
        navigate('training');
      },
    ),
  );
  const tensorBoard = useMutation(
    use(
      () => core['training.tensorboard']({ runId }),
      () => undefined,
    ),
  );
  const all: Pick<UseMutationResult, 'isPending'>[] = [
    ...[stop, cancel, resume, fetch, exporting],
    ...[cleanUp, remove, tensorBoard],
  ];
  return {
    stop: () => stop.mutate(undefined),
    cancel: () => cancel.mutate(undefined),
    resume: (maxSteps) => resume.mutate(maxSteps),
    fetch: () => fetch.mutate(undefined),
    export: (request) => exporting.mutate(request),
    cleanUp: () => cleanUp.mutate(undefined),
    remove: () => remove.mutate(undefined),
    openTensorBoard: () => tensorBoard.mutate(undefined),
    tensorBoardUrl: tensorBoard.data?.url,
    isBusy: all.some(({ isPending }) => isPending),
  };
}

/** A second cancel gives the first one up, which has not been heard. */
function describeCancel(wasAsked: string | undefined, { cancelAskedAt, error }: TrainingRunInfo): string {
  if (wasAsked !== undefined) return text.gaveUp;
  return (cancelAskedAt === undefined ? undefined : error?.message) ?? text.cancelling;
}

function describe(error: unknown): string {
  const { message, hint } = AppError.from(error);
  return [message, hint].filter(Boolean).join(' ');
}
