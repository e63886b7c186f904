import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { EvaluationRequest } from '../../../../core/contract/index.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { navigate } from '../../../lib/navigation.ts';
import { useModels } from '../evaluation-queries.ts';

/** Starts a run and opens it. */
export function useStart() {
  const core = useCore();
  return useMutation({
    mutationFn: (request: EvaluationRequest) => core['evaluation.start'](request),
    onSuccess: ({ id }) => navigate('evaluation', 'runs', id),
  });
}

/** The first look at what the model does: twenty questions, as the app asks them. */
export function useStarterRequest(): EvaluationRequest {
  const models = useModels();
  const modelPath = models.data?.find(({ embedded }) => embedded)?.path;
  return useMemo(
    () => ({ split: 'demo', limit: 20, mode: 'voted', ...(modelPath === undefined ? {} : { modelPath }) }),
    [modelPath],
  );
}
