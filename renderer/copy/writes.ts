/** What the interface says: writes. */
export const writesCopy = {} as const;
