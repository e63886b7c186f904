/** A set of words as their tokens. A node can end a word and go on: `name` and `name_id` share their start. */
export interface TrieNode {
  readonly children: Map<number, TrieNode>;
  /** The word that ends here. */
  word?: string;
}

/** `tokenize` gives a word's tokens with its space before it. */
export function buildTokenTrie(
  words: readonly string[],
  tokenize: (word: string) => readonly number[],
): TrieNode {
  const root: TrieNode = { children: new Map() };
  for (const word of words) {
    let node = root;
    for (const token of tokenize(word)) {
      let child = node.children.get(token);
      if (!child) {
        child = { children: new Map() };
        node.children.set(token, child);
      }
      node = child;
    }
    node.word ??= word;
  }
  return root;
}
