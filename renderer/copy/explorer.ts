/** What the interface says: explorer. */
export const explorerCopy = {} as const;
