/** What the interface says: privacy. */
export const privacyCopy = {} as const;
