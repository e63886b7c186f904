import { stemWord } from './question-words.ts';

/** Text that a column is known to hold. */
export interface ValueSample {
  namespace?: string;
  /** Names as the database has them. */
  table: string;
  column: string;
  values: string[];
}

/** A stored value that the question names, by the words of its column. */
export interface ValueHint {
  table: string;
  column: string;
  value: string;
  /** Where the question names it: index of its first word, and how many words. */
  start?: number;
  length?: number;
  /** False where the question spells it otherwise. Defaults to true. */
  isExact?: boolean;
}

/** Compared without case, plural endings and punctuation: `Computer Info. Systems` is `computer info system`. */
export const normaliseValue = (text: string) =>
  text
    .split(/[^\p{L}\p{N}'’]+/u)
    .filter(Boolean)
    .map(stemWord)
    .join(' ');
