let find: ((key: string) => void) | undefined;

/** The search above the diagram asks for a table; the diagram moves to it. */
export function findTable(key: string): void {
  find?.(key);
}

/** For the diagram. @returns a function that ends it */
export function onFindTable(onFind: (key: string) => void): () => void {
  find = onFind;
  return () => {
    if (find === onFind) find = undefined;
  };
}
