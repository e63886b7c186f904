/** What the interface says: workspace. */
export const workspaceCopy = {} as const;
