/** What the interface says: jobs. */
export const jobsCopy = {} as const;
