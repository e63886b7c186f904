import { describe, expect, test } from 'vitest';
import { hardnessOf } from './hardness.ts';

describe("hardness by Spider's rules", () => {
  test.each([
    ['easy', 'SELECT count(*) FROM singer'],
    ['easy', 'SELECT name FROM singer ORDER BY age'],
    ['easy', 'SELECT count(*) FROM singer WHERE age > 20 -- one condition'],
    ['medium', 'SELECT name, country FROM singer ORDER BY age'],
    ['easy', 'SELECT T1.name FROM a AS T1 JOIN b AS T2 ON T1.id = T2.id'],
    ['medium', 'SELECT T1.name FROM a AS T1 JOIN b AS T2 ON T1.id = T2.id WHERE T1.x = 1'],
    ['medium', 'SELECT max(a), min(b), c FROM t WHERE d > 1'],
    ['hard', 'SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)'],
    ['hard', 'SELECT name FROM a WHERE x = 1 GROUP BY name ORDER BY count(*)'],
    ['extra', 'SELECT name FROM a WHERE x = 1 GROUP BY name ORDER BY count(*) LIMIT 1'],
    ['extra', 'SELECT name, x FROM singer WHERE age > (SELECT avg(age) FROM singer)'],
  ] as const)('%s: %s', async (hardness, sql) => {
    expect(await hardnessOf(sql)).toBe(hardness);
  });

  test('of a set operation the first SELECT counts, without the last one’s ORDER BY', async () => {
    const sql = 'SELECT a FROM t UNION SELECT a FROM u JOIN v ON u.x = v.x WHERE c = 1 ORDER BY a LIMIT 1';
    expect(await hardnessOf(sql)).toBe('hard');
    expect(await hardnessOf('SELECT a, b FROM t UNION SELECT a, b FROM u')).toBe('extra');
  });

  test('a NOT counts as an aggregate, and LIKE and OR as clauses', async () => {
    expect(await hardnessOf("SELECT count(*) FROM t WHERE a LIKE 'x'")).toBe('medium');
    expect(await hardnessOf('SELECT count(*) FROM t WHERE a IN (1, 2)')).toBe('easy');
    expect(await hardnessOf('SELECT count(*) FROM t WHERE a NOT IN (1, 2)')).toBe('medium');
    expect(await hardnessOf('SELECT a FROM t WHERE a = 1 OR (b = 2 AND c = 3)')).toBe('medium');
    expect(await hardnessOf('SELECT a FROM t WHERE a = 1 OR b = 2 OR c = 3')).toBe('hard');
  });

  test('what is no single SELECT is refused', async () => {
    await expect(hardnessOf('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'SQL_SYNTAX' });
    await expect(hardnessOf('SELEC 1')).rejects.toMatchObject({ code: 'SQL_SYNTAX' });
  });
});
