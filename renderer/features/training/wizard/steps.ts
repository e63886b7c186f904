/** In the order in which they are walked; any may be opened. */
export const steps = ['data', 'base', 'recipe', 'where', 'doctor', 'estimate', 'start'] as const;
export type Step = (typeof steps)[number];

export function findStep(name: string | undefined): Step {
  return steps.find((step) => step === name) ?? 'data';
}

export function stepAfter(step: Step, by: 1 | -1): Step | undefined {
  return steps[steps.indexOf(step) + by];
}
