import type { Wizard } from './use-wizard.ts';
import { EnvironmentOffer } from './where/environment-offer.tsx';

interface CheckEnvironmentProps {
  wizard: Wizard;
  onMade(): void;
}

/** Where doctor and estimate lack the trainer's environment: the way to it, on the spot. */
export function CheckEnvironment({ wizard: { form, facts }, onMade }: CheckEnvironmentProps) {
  // A Python of one's own is mended where it was typed.
  if (form.python.trim() !== '') return null;
  return (
    <EnvironmentOffer
      isElsewhere={form.place !== 'local'}
      isReady={facts.known.machine?.environmentReady}
      onMade={onMade}
    />
  );
}
