import { describe, expect, test } from 'vitest';
import { createRandom } from '../synthesis/random.ts';
import { findNearPairs, nearDuplicateThreshold, questionWordSet } from './find-near-duplicates.ts';
import { sqlSkeleton } from './sql-skeleton.ts';

const found = (sets: string[][]) =>
  [...findNearPairs(sets)]
    .filter((pair) => pair !== undefined)
    .map(({ first, second, similarity }) => `${first}-${second} ${similarity.toFixed(6)}`)
    .toSorted();

describe('near-duplicate questions', () => {
  test('are compared by words, without case, plural endings, punctuation and repetition', () => {
    expect(questionWordSet('How many Singers are there, and how many songs?')).toEqual(
      questionWordSet('how many songs and singer are there'),
    );
  });

  test('all pairs are found that comparing each with each finds', () => {
    const random = createRandom(7);
    const words = Array.from({ length: 30 }, (_, index) => `w${index}`);
    const base = Array.from({ length: 60 }, () => random.sample(words, 1 + Math.floor(random.next() * 12)));
    const sets = base.flatMap((set) => [
      set.toSorted(),
      [...new Set([...set, random.pick(words)])].toSorted(),
      set.slice(1).toSorted(),
    ]);
    const expected: string[] = [];
    for (const [first, a] of sets.entries()) {
      for (const [second, b] of sets.entries()) {
        if (second <= first || a.length === 0) continue;
        const shared = a.filter((word) => b.includes(word)).length;
        const similarity = shared / (a.length + b.length - shared);
        if (similarity >= nearDuplicateThreshold)
          expected.push(`${first}-${second} ${similarity.toFixed(6)}`);
      }
    }
    expect(expected.length).toBeGreaterThan(50);
    expect(found(sets)).toEqual(expected.toSorted());
  });
});

test('a skeleton keeps the form of a query and drops its names and values', () => {
  const skeleton = 'select _ , count ( * ) from _ join _ on _ = _ where _ > ? and _ like ? group by _';
  expect(
    sqlSkeleton(
      `SELECT t1.name, count(*) FROM singer AS t1 JOIN song t2 ON t1.id = t2."Singer" WHERE t2.year > 1990.5 AND t2.x LIKE '%it''s%' GROUP BY t1.name`,
    ),
  ).toBe(skeleton);
  expect(
    sqlSkeleton(`select a, count(*) from b join c on b.i = c.i where d > 1 and e like 'x' group by a`),
  ).toBe(skeleton);
  expect(sqlSkeleton('SELECT min(a) FROM b')).not.toBe(sqlSkeleton('SELECT max(a) FROM b'));
});
