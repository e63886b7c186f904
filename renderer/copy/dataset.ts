/** What the interface says: dataset. */
export const datasetCopy = {} as const;
