/** What the interface says: conversation. */
export const conversationCopy = {} as const;
