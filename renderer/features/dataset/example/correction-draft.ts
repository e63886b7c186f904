import { useState } from 'react';
import * as z from 'zod';
import type { ExampleDetail } from '../../../../core/contract/index.ts';
import { keep, readKept } from '../kept.ts';

const draftSchema = z.object({ question: z.string(), sql: z.string(), why: z.string() });
export type CorrectionDraft = z.infer<typeof draftSchema>;

/** What is being typed for one example. It is kept with every key: leaving, a reload or a lost core cost nothing. */
export function useCorrectionDraft(example: ExampleDetail) {
  const name = `draft.${example.id}`;
  const base: CorrectionDraft = {
    question: example.question,
    sql: example.formattedSql || example.sql,
    why: '',
  };
  const [draft, setDraft] = useState<CorrectionDraft | undefined>(
    () => draftSchema.safeParse(readKept(name)).data,
  );
  function change(next: CorrectionDraft | undefined): void {
    keep(name, next);
    setDraft(next);
  }
  return {
    draft: draft ?? base,
    isTouched: draft !== undefined,
    type: (part: Partial<CorrectionDraft>) => change({ ...(draft ?? base), ...part }),
    discard: () => change(undefined),
  };
}

/** Whoever corrected last is who corrects now. */
export function useAuthor(): [string, (by: string) => void] {
  const [by, setBy] = useState(() => z.string().safeParse(readKept('author')).data ?? '');
  return [
    by,
    (next) => {
      keep('author', next);
      setBy(next);
    },
  ];
}
