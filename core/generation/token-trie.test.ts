import { expect, test } from 'vitest';
import { buildTokenTrie } from './token-trie.ts';

const tokenize = (word: string) => [...word].map((letter) => letter.charCodeAt(0));

test('a word that starts another ends inside the path and goes on', () => {
  const root = buildTokenTrie(['name', 'name_id', 'no'], tokenize);
  expect(root.word).toBeUndefined();
  expect([...root.children.keys()]).toEqual(tokenize('n'));
  let node = root;
  for (const token of tokenize('name')) node = node.children.get(token) ?? { children: new Map() };
  expect(node.word).toBe('name');
  expect([...node.children.keys()]).toEqual(tokenize('_'));
});

test('two words of the same tokens keep the first', () => {
  const root = buildTokenTrie(['a', 'b'], () => [7]);
  expect(root.children.get(7)?.word).toBe('a');
});
