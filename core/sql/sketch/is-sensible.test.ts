import { expect, test } from 'vitest';
import { isSensible } from './is-sensible.ts';
import { parseSketch } from './parse-words.ts';

test.each([
  ['from client select name , count ( * ) group id', true],
  ['from client select count ( * ) , count ( * ) , city group city', false],
  ['from client select name where city not-in ( from client select city )', false],
  ['from client select name where city not-in ( from client select city where id = 1 )', true],
  [
    'from client select name where city in ( from client select city group city having count ( * ) > 1 )',
    true,
  ],
  ['from client select name where id not-in ( from order_ select client_id )', true],
  ['from client select name except from client select name , name', false],
])('%s', (words, sensible) => {
  expect(isSensible(parseSketch(words.split(' ')))).toBe(sensible);
});
