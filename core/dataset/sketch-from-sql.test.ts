import { describe, expect, test } from 'vitest';
import { viewSchema, writeSketch } from '../sql/sketch/index.ts';
import { shopSchema } from '../sql/sketch/testing/shop-schema.ts';
import { sketchFromSql } from './sketch-from-sql.ts';

const view = viewSchema(shopSchema);

const cases: [string, string][] = [
  ['SELECT count(*) FROM client', 'from client select count ( * )'],
  [
    'SELECT t1.name FROM client AS t1 JOIN "order" AS t2 ON t1.id = t2.client_id GROUP BY t1.id, t1.name HAVING count(*) > 2',
    'from client , order_ select client . name group client . id having count ( * ) > 2',
  ],
  [
    "SELECT name FROM client WHERE city ILIKE '%york%' OR joined > '2024-01-01' ORDER BY name DESC LIMIT 3",
    "from client select name where city contains ' york ' or joined > ' 2024-01-01 ' order name desc limit 3",
  ],
  [
    'SELECT name FROM client WHERE NOT id IN (SELECT client_id FROM "order")',
    'from client select name where id not-in ( from order_ select client_id )',
  ],
  [
    'SELECT sum(quantity * price) FROM line WHERE quantity BETWEEN 2 AND 5',
    'from line select sum ( quantity * price ) where quantity between 2 and 5',
  ],
  [
    'SELECT quantity FROM line WHERE price > (SELECT avg(price) FROM line)',
    'from line select quantity where price > ( from line select avg ( price ) )',
  ],
  [
    'SELECT EXTRACT(YEAR FROM placed), count(*) FROM "order" GROUP BY EXTRACT(YEAR FROM placed)',
    'from order_ select year ( placed ) , count ( * ) group year ( placed )',
  ],
  [
    "SELECT city FROM client EXCEPT SELECT city FROM client WHERE city IN ('Rome', 'Oslo') AND city IS NOT NULL",
    "from client select city except from client select city where city in ( ' Rome ' , ' Oslo ' ) and city not-null",
  ],
];

describe('SQL that a sketch can say', () => {
  test.each(cases)('%s', async (sql, sketch) => {
    expect(writeSketch(await sketchFromSql(sql, view)).join(' ')).toBe(sketch);
  });
});

test.each([
  ['SELECT count(t.*) FROM client AS t', 'column out of scope'],
  ['SELECT a.name FROM client AS a JOIN client AS b ON a.id = b.id', 'self join'],
  ['SELECT client.name FROM client JOIN "order" ON client.id = "order".id', 'join outside keys'],
  ["SELECT name FROM client WHERE id = 1 AND (city = 'Rome' OR city = 'Oslo')", 'OR under AND'],
  ["SELECT name FROM client WHERE name LIKE 'a%b'", 'LIKE pattern'],
  ['SELECT name FROM client WHERE id = length(name)', 'comparison of columns'],
  ['SELECT row_number() OVER () FROM client', 'function row_number'],
  ['WITH x AS (SELECT 1) SELECT name FROM client', 'WITH'],
])('%s: no sketch, because of %s', async (sql, reason) => {
  await expect(sketchFromSql(sql, view)).rejects.toThrow(reason);
});
