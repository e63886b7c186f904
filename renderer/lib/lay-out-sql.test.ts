import { expect, it } from 'vitest';
import { layOutSql } from './lay-out-sql.ts';

it.each([
  ['SELECT count ( * ) FROM  Singer', 'SELECT count(*)\nFROM Singer'],
  [
    "SELECT a ,  b FROM t AS T1 LEFT JOIN u ON T1.id  =  u.id WHERE name = 'x  from y' GROUP BY a HAVING count(*)  >=  2 ORDER BY a LIMIT 1",
    "SELECT a, b\nFROM t AS T1\nLEFT JOIN u ON T1.id = u.id\nWHERE name = 'x  from y'\nGROUP BY a\nHAVING count(*) >= 2\nORDER BY a\nLIMIT 1",
  ],
  [
    'SELECT a FROM t WHERE id IN (SELECT id FROM u WHERE b = 1)',
    'SELECT a\nFROM t\nWHERE id IN (SELECT id\n  FROM u\n  WHERE b = 1)',
  ],
  ['SELECT EXTRACT(YEAR FROM d), x::text FROM t', 'SELECT EXTRACT(YEAR FROM d), x::text\nFROM t'],
  ['SELECT a FROM t WHERE a IS DISTINCT FROM b', 'SELECT a\nFROM t\nWHERE a IS DISTINCT FROM b'],
  ['', ''],
])('%s', (sql, laidOut) => expect(layOutSql(sql)).toBe(laidOut));

it('changes blanks only', () => {
  const sql = `SELECT T1.name , "odd  name" FROM a AS T1 EXCEPT SELECT t2.x || 'é' FROM b t2 WHERE t2.y <> -1.5e3`;
  const bare = (text: string) => text.replaceAll(/\s/g, '');
  expect(bare(layOutSql(sql))).toBe(bare(sql));
});
