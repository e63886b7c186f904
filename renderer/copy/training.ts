/** What the interface says: training. */
export const trainingCopy = {} as const;
