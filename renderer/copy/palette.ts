/** What the interface says: palette. */
export const paletteCopy = {} as const;
