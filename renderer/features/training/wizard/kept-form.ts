import * as z from 'zod';
import { emptyForm, wizardFormSchema, type WizardForm } from './form.ts';

const storageKey = 'sqlcodegen.training-wizard';

const keptSchema = z.object({
  form: wizardFormSchema,
  /** The name of the run that it was copied from. */
  copiedFrom: z.string().optional(),
  /** What was being typed when another draft took its place. */
  before: wizardFormSchema.optional(),
});
export type Kept = z.infer<typeof keptSchema>;

/** What this window last kept: its own storage, which a reload brings back even while the core is away. */
export function readKept(): Kept {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    return keptSchema.safeParse(kept).data ?? { form: emptyForm };
  } catch {
    return { form: emptyForm };
  }
}

export function keep(kept: Kept): void {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // A full or refused storage: it then holds until the page is reloaded.
  }
}

export function isUntouched(form: WizardForm): boolean {
  return JSON.stringify(form) === JSON.stringify(emptyForm);
}
