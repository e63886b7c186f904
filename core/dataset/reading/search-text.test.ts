import { expect, it } from 'vitest';
import { createTextFilter, joinFields } from './search-text.ts';

const text = joinFields([
  "What's the song_name of each singer, older than 56 ?",
  'SELECT T1.song_name ,  count ( * ) FROM singer AS T1 WHERE T1.age  >  56 AND T1.country  =  "France"',
  'concert_singer',
]);
const finds = (search: string): boolean => createTextFilter(search)(text);

it.each([
  ['nothing typed', ''],
  ['spaces', '   '],
  ['words in any order', 'older each'],
  ['any case', 'SINGER OLDER'],
  ['the beginning of a word', 'sing old'],
  ['a part of a name behind an underscore', 'name'],
  ['a name with its underscore', 'song_name'],
  ['an alias and a column', 'T1.song_name'],
  ['a call as PostgreSQL writes it', 'count(*)'],
  ['a call as Spider writes it, in quotes', '"count ( * )"'],
  ['an operator', '>'],
  ['a comparison with other spaces', '"t1.age > 56"'],
  ['a comparison without spaces', 'age>56'],
  ['a phrase', '"each singer"'],
  ['a phrase that is still being typed', '"each sin'],
  ['a phrase in curly quotes', '“each singer”'],
  ['a curly apostrophe', 'what’s'],
  ['a literal in its quotes', '="france"'],
  ['the database', 'concert'],
])('finds %s', (_what, search) => expect(finds(search)).toBe(true));

it.each([
  ['a word that is missing', 'singer dancer'],
  ['the middle of a word', 'inger'],
  ['the middle of a number', '6'],
  ['a phrase in another order', '"singer each"'],
  ['a phrase across two fields', '"56 ? select"'],
  ['a pattern as a pattern', 's.nger'],
])('does not find %s', (_what, search) => expect(finds(search)).toBe(false));
