import { useCallback, useMemo, useRef, useState } from 'react';
import { navigate } from '../../../lib/navigation.ts';
import { useTrainingRequests, type TrainingRequest } from '../../../lib/training-request.ts';
import { useTrainingRuns } from '../training-queries.ts';
import { forgetChecks } from './checks.ts';
import { emptyForm, formOf, type WizardForm } from './form.ts';
import { isUntouched, keep, readKept, type Kept } from './kept-form.ts';
import { resolve } from './resolve.ts';
import type { Step } from './steps.ts';
import { useBases, useHosts, useMachine, useRecipes, useSources } from './wizard-queries.ts';

/** The draft as it is typed and kept, what is proposed besides, and what the core says there is. */
export function useWizard() {
  const [kept, setKept] = useState(readKept);
  const latest = useRef(kept);
  const set = useCallback((changed: Kept) => {
    latest.current = changed;
    keep(changed);
    setKept(changed);
  }, []);
  const change = useCallback(
    (part: Partial<WizardForm>) => set({ ...latest.current, form: { ...latest.current.form, ...part } }),
    [set],
  );
  const take = useCallback(
    ({ draft, copiedFrom }: TrainingRequest) => {
      const before = latest.current.form;
      set({
        form: formOf(draft),
        ...(copiedFrom === undefined ? {} : { copiedFrom }),
        ...(isUntouched(before) ? {} : { before }),
      });
    },
    [set],
  );
  useTrainingRequests(take);
  const facts = useFacts(kept.form);
  const resolved = useMemo(() => resolve(kept.form, facts.known), [kept.form, facts.known]);
  return {
    ...kept,
    change,
    facts,
    resolved,
    go: useCallback((step: Step) => navigate('training', 'new', step), []),
    startOver: useCallback(() => {
      forgetChecks();
      set({ form: emptyForm });
    }, [set]),
    bringBack: useCallback(() => set({ form: latest.current.before ?? emptyForm }), [set]),
  };
}
export type Wizard = ReturnType<typeof useWizard>;

function useFacts(form: WizardForm) {
  const [presets, sources, bases, hosts] = [useRecipes(), useSources(), useBases(), useHosts()];
  // A path that is being typed is looked at when its step asks for it.
  const machine = useMachine('');
  const runs = useTrainingRuns();
  const known = useMemo(
    () => ({
      presets: presets.data,
      sources: sources.data,
      bases: bases.data,
      machine: machine.data,
      hosts: hosts.data,
      taken: runs.data?.map(({ name }) => name),
    }),
    [presets.data, sources.data, bases.data, machine.data, hosts.data, runs.data],
  );
  const isPending =
    presets.isPending ||
    sources.isPending ||
    bases.isPending ||
    runs.isPending ||
    (form.place === 'ssh' && hosts.isPending);
  return { presets, sources, bases, machine, hosts, known, isPending };
}
