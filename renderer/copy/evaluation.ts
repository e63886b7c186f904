/** What the interface says: evaluation. */
export const evaluationCopy = {} as const;
