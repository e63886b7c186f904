/** What the interface says: tour. */
export const tourCopy = {} as const;
