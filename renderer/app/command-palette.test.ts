import { expect, it } from 'vitest';
import { rankAction } from './command-palette.tsx';

const rank = (title: string, search: string, keywords?: string[]) =>
  rankAction(`${title} \u0000some.id`, search, keywords);

it.each([
  ['Run the statement', 'run the', 1],
  ['Run the statement', 'the st', 0.8],
  ['Run the statement', 'statement run', 0.5],
  ['Take the tour', 'run the', 0],
  ['Go to Dataset', 'some.id', 0],
  ['Go to Dataset', '', 1],
])('%s, searched by “%s”: %d', (title, search, score) => expect(rank(title, search)).toBe(score));

it('finds by keywords and by the group', () => {
  expect(rank('Theme: Dark', 'night', ['Look', 'night'])).toBe(0.5);
});
