import * as z from 'zod';
import type { AskState } from './ask-state.ts';

const draftSchema = z.object({
  question: z.string(),
  sql: z.string(),
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('model'), model: z.string() }),
    z.object({ kind: z.enum(['none', 'edited', 'typed', 'history']) }),
  ]),
});

/** What stands in the question box and in the editor. */
export type Draft = Pick<AskState, keyof z.infer<typeof draftSchema>>;

const keyOf = (connectionId: string) => `sqlcodegen.draft.${connectionId}`;

/** Keeps what was typed for one database until its window is closed; a reload brings it back. */
export function keepDraft(connectionId: string, { question, sql, source }: Draft): void {
  try {
    sessionStorage.setItem(keyOf(connectionId), JSON.stringify({ question, sql, source }));
  } catch {
    // A full or refused storage costs no more than the draft after a reload.
  }
}

/** @returns undefined when nothing, or nothing readable, was kept */
export function readDraft(connectionId: string): Draft | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(connectionId)) ?? 'null');
    return draftSchema.safeParse(kept).data;
  } catch {
    return undefined;
  }
}
