import { createHash } from 'node:crypto';
import { stemWord } from '../schema/question-words.ts';

/** Letters and digits only, so that case, spacing and punctuation hide nothing. */
export function fingerprint(question: string): string {
  return question
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const unheard = new Set(['a', 'an', 'the', 'please']);

/** What near duplicates have in common: the words without articles and `please`, without plural endings. */
export function nearFingerprint(question: string): string {
  const words = fingerprint(question).split(' ');
  return words
    .filter((word) => !unheard.has(word))
    .map(stemWord)
    .join(' ');
}

/** A test for questions that must never be trained on: `forbidden` and their near duplicates. */
export function createLeakCheck(forbidden: readonly string[]): (question: string) => boolean {
  const known = new Set(forbidden.map(nearFingerprint));
  return (question) => known.has(nearFingerprint(question));
}

/** The near fingerprint as 16 hexadecimal digits: it tells questions apart without repeating them. */
export function hashQuestion(question: string): string {
  return createHash('sha256').update(nearFingerprint(question)).digest('hex').slice(0, 16);
}
