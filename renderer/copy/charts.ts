/** What the interface says: charts. */
export const chartsCopy = {} as const;
