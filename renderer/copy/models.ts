/** What the interface says: models. */
export const modelsCopy = {} as const;
