import { queryOptions, useQuery } from '@tanstack/react-query';
import type { TrainingDraft, TrainingPlan } from '../../../../core/contract/index.ts';
import { useCore } from '../../../lib/core-context.tsx';

export const wizardKeys = {
  recipes: ['training.recipes'],
  sources: ['training.sources'],
  bases: ['training.bases'],
  machine: ['training.machine'],
  machineWith: (python: string) => ['training.machine', python],
  hosts: ['training.hosts'],
  prices: ['training.prices'],
} as const;

export function useRecipes() {
  const core = useCore();
  return useQuery({
    queryKey: wizardKeys.recipes,
    queryFn: ({ signal }) => core['training.recipes']({}, { signal }),
  });
}

/** Read again whenever the wizard is opened: an example may have been saved in the meantime. */
export function useSources() {
  const core = useCore();
  return useQuery({
    queryKey: wizardKeys.sources,
    queryFn: ({ signal }) => core['training.sources']({}, { signal }),
  });
}

export function useBases() {
  const core = useCore();
  return useQuery({
    queryKey: wizardKeys.bases,
    queryFn: ({ signal }) => core['training.bases']({}, { signal }),
  });
}

/** @param python the user's own; empty for the one that the app finds */
export function useMachine(python: string) {
  const core = useCore();
  return useQuery({
    queryKey: wizardKeys.machineWith(python),
    queryFn: ({ signal }) => core['training.machine'](python === '' ? {} : { python }, { signal }),
    staleTime: 30_000,
  });
}

export function useHosts() {
  const core = useCore();
  return useQuery({
    queryKey: wizardKeys.hosts,
    queryFn: ({ signal }) => core['training.hosts']({}, { signal }),
  });
}

export function usePrices() {
  const core = useCore();
  return useQuery({
    queryKey: wizardKeys.prices,
    queryFn: ({ signal }) => core['training.prices']({}, { signal }),
  });
}

/** What a draft comes to: its recipe, and what becomes of each source's examples. */
export function usePlan(draft: TrainingDraft) {
  // While a name is typed, the recipe before stays in sight.
  return useQuery({ ...usePlanOptions(draft), placeholderData: (before) => before });
}

/** The same, where a step has asked for it, or that of the draft before: asks for nothing. */
export function useKnownPlan(draft: TrainingDraft | undefined): TrainingPlan | undefined {
  return useQuery({
    ...usePlanOptions(draft),
    enabled: false,
    placeholderData: (before) => before,
  }).data;
}

function usePlanOptions(draft: TrainingDraft | undefined) {
  const core = useCore();
  return queryOptions({
    queryKey: ['training.plan', draft],
    queryFn: async ({ signal }) => {
      if (!draft) throw new Error('There is no draft to plan.');
      return core['training.plan']({ draft }, { signal });
    },
  });
}
