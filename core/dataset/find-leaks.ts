/** Letters and digits only, so that case, spacing and punctuation hide nothing. */
export function fingerprint(question: string): string {
  return question
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** A test for questions that must never be trained on: `forbidden`, however spaced or punctuated. */
export function createLeakCheck(forbidden: readonly string[]): (question: string) => boolean {
  const known = new Set(forbidden.map(fingerprint));
  return (question) => known.has(fingerprint(question));
}
