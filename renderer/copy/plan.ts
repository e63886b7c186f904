/** What the interface says: plan. */
export const planCopy = {} as const;
