import { describe, expect, test } from 'vitest';
import { parseStatements } from '../index.ts';
import { expandSketch, parseSketch, viewSchema, writeSketch } from './index.ts';
import { shopSchema } from './testing/shop-schema.ts';

const view = viewSchema(shopSchema);
const oneLine = (sql: string) => sql.replaceAll(/\s+/g, ' ');

const cases: [string, string][] = [
  ['from client select count ( * )', 'SELECT count(*) FROM client'],
  [
    "from client select name where city = ' New York ' and active = true order joined desc limit 3",
    "SELECT name FROM client WHERE city = 'New York' AND active = true ORDER BY joined DESC LIMIT 3",
  ],
  [
    "from client select name where name contains ' 50% '",
    String.raw`SELECT name FROM client WHERE name ILIKE '%50\%%'`,
  ],
  [
    'from client , order_ select client . name , count ( * ) group client . id',
    'SELECT client.name, count(*) FROM client JOIN "order" ON client.id = "order".client_id GROUP BY client.id',
  ],
  [
    // The tables between are found along the keys.
    'from client , item select distinct item . title',
    'SELECT DISTINCT item.title FROM client JOIN "order" ON client.id = "order".client_id ' +
      'JOIN line ON "order".id = line.order_id JOIN item ON line.item_id = item.id',
  ],
  [
    // A NULL in the subquery would make NOT IN never true.
    'from client select name where id not-in ( from order_ select client_id )',
    'SELECT name FROM client WHERE id NOT IN (SELECT client_id FROM "order" WHERE client_id IS NOT NULL)',
  ],
  [
    'from item select title order weight desc limit 1',
    'SELECT title FROM item ORDER BY weight DESC NULLS LAST LIMIT 1',
  ],
  [
    'from order_ select year ( placed ) , count ( * ) group year ( placed )',
    'SELECT EXTRACT(YEAR FROM placed), count(*) FROM "order" GROUP BY EXTRACT(YEAR FROM placed)',
  ],
  [
    // A plain column beside an aggregate is grouped.
    'from client select city , count ( * )',
    'SELECT city, count(*) FROM client GROUP BY city',
  ],
  [
    'from line select sum ( quantity * price ) where quantity between 2 and 5',
    'SELECT sum(quantity * price) FROM line WHERE quantity BETWEEN 2 AND 5',
  ],
  [
    'from line select quantity where price > ( from line select avg ( price ) )',
    'SELECT quantity FROM line WHERE price > (SELECT avg(price) FROM line)',
  ],
  [
    'from client select city except from client select city where active = false',
    'SELECT city FROM client EXCEPT SELECT city FROM client WHERE active = false',
  ],
  [
    'from order_ select status group status having count ( * ) >= 2 order count ( * ) desc',
    'SELECT status FROM "order" GROUP BY status HAVING count(*) >= 2 ORDER BY count(*) DESC',
  ],
  [
    "from client select name where city in ( ' Rome ' , ' Oslo ' ) or city is-null",
    "SELECT name FROM client WHERE city IN ('Rome', 'Oslo') OR city IS NULL",
  ],
];

describe('a sketch expands to PostgreSQL', () => {
  test.each(cases)('%s', async (sketch, sql) => {
    const words = sketch.split(' ');
    expect(oneLine(expandSketch(words, view))).toBe(sql);
    expect(await parseStatements(expandSketch(words, view))).toHaveLength(1);
    expect(writeSketch(parseSketch(words))).toEqual(words);
  });

  test('an apostrophe in a literal is doubled', () => {
    expect(expandSketch("from client select id where name = ' O'Brien '".split(' '), view)).toContain(
      "'O''Brien'",
    );
  });

  test('every beginning of a sketch can be shown', () => {
    for (const [sketch] of cases) {
      const words = sketch.split(' ');
      for (let end = 1; end <= words.length; end++) {
        expect(expandSketch(words.slice(0, end), view)).toMatch(/^\(?SELECT /);
      }
    }
  });
});
