import { describe, expect, it } from 'vitest';
import type { DatabaseSchema, Table } from '../../contract/index.ts';
import { readNames, readQuery, signatureOf } from './index.ts';

function table(name: string, columns: string[], foreignKeys: Table['foreignKeys'] = []): Table {
  return {
    namespace: 'public',
    name,
    kind: 'table',
    columns: columns.map((column) => ({ name: column, type: 'text', nullable: true })),
    primaryKey: columns.slice(0, 1),
    foreignKeys,
  };
}

const schema: DatabaseSchema = {
  database: 'music',
  serverVersion: '18',
  searchPath: ['public'],
  tables: [
    table('singer', ['singer_id', 'name', 'age', 'country']),
    table(
      'song',
      ['song_id', 'title', 'singer_id', 'sales'],
      [
        {
          columns: ['singer_id'],
          targetNamespace: 'public',
          targetTable: 'singer',
          targetColumns: ['singer_id'],
        },
      ],
    ),
  ],
};
const names = readNames(schema);
const sign = async (sql: string) => signatureOf(await readQuery(sql, names));

describe('exact set match', () => {
  it.each([
    ['the order of components', 'SELECT name, age FROM singer', 'SELECT age, name FROM singer'],
    ['aliases', 'SELECT s.name FROM singer AS s', 'SELECT name FROM singer'],
    [
      'values',
      "SELECT name FROM singer WHERE age > 3 AND country = 'x'",
      "SELECT name FROM singer WHERE country = 'y' AND age > 4",
    ],
    ['DISTINCT', 'SELECT DISTINCT name FROM singer', 'SELECT name FROM singer'],
    ['casts', 'SELECT name FROM singer WHERE age::int > 3', 'SELECT name FROM singer WHERE age > 3'],
    [
      'the number in LIMIT',
      'SELECT name FROM singer ORDER BY age LIMIT 1',
      'SELECT name FROM singer ORDER BY age LIMIT 3',
    ],
    [
      'which of two tied columns is named',
      'SELECT s.singer_id FROM singer AS s JOIN song AS g ON g.singer_id = s.singer_id',
      'SELECT g.singer_id FROM song AS g JOIN singer AS s ON s.singer_id = g.singer_id',
    ],
    [
      'names of outputs, and their numbers',
      'SELECT country, count(*) AS n FROM singer GROUP BY country ORDER BY n DESC',
      'SELECT country, count(*) FROM singer GROUP BY 1 ORDER BY count(*) DESC',
    ],
    [
      'ILIKE for LIKE',
      "SELECT name FROM singer WHERE name LIKE '%a'",
      "SELECT name FROM singer WHERE name ILIKE '%b'",
    ],
  ])('does not count %s', async (_what, left, right) => {
    expect(await sign(left)).toBe(await sign(right));
  });

  it.each([
    ['a table more', 'SELECT name FROM singer', 'SELECT name FROM singer JOIN song USING (singer_id)'],
    ['a column', 'SELECT name FROM singer', 'SELECT country FROM singer'],
    ['an aggregate', 'SELECT max(age) FROM singer', 'SELECT min(age) FROM singer'],
    ['an operator', 'SELECT name FROM singer WHERE age > 3', 'SELECT name FROM singer WHERE age >= 3'],
    ['NOT', "SELECT name FROM singer WHERE name LIKE 'a'", "SELECT name FROM singer WHERE name NOT LIKE 'a'"],
    [
      'AND for OR',
      'SELECT name FROM singer WHERE age > 3 AND age < 5',
      'SELECT name FROM singer WHERE age > 3 OR age < 5',
    ],
    ['a direction', 'SELECT name FROM singer ORDER BY age', 'SELECT name FROM singer ORDER BY age DESC'],
    ['a LIMIT', 'SELECT name FROM singer ORDER BY age', 'SELECT name FROM singer ORDER BY age LIMIT 1'],
    ['a group', 'SELECT count(*) FROM singer', 'SELECT count(*) FROM singer GROUP BY country'],
    [
      'HAVING',
      'SELECT country FROM singer GROUP BY country',
      'SELECT country FROM singer GROUP BY country HAVING count(*) > 1',
    ],
    [
      'a set operation',
      'SELECT name FROM singer EXCEPT SELECT title FROM song',
      'SELECT name FROM singer UNION SELECT title FROM song',
    ],
    [
      'what is nested',
      'SELECT name FROM singer WHERE singer_id IN (SELECT singer_id FROM song WHERE sales > 1)',
      'SELECT name FROM singer WHERE singer_id IN (SELECT singer_id FROM song)',
    ],
    [
      'a component as often as it stands there',
      'SELECT name FROM singer WHERE age > 1 AND age > 2',
      'SELECT name FROM singer WHERE age > 1 AND age > 2 AND age > 3',
    ],
  ])('counts %s', async (_what, left, right) => {
    expect(await sign(left)).not.toBe(await sign(right));
  });

  it('resolves a column of a correlated sub-query in the query around it', async () => {
    const query = await readQuery(
      'SELECT name FROM singer WHERE EXISTS (SELECT 1 FROM song WHERE sales > age)',
      names,
    );
    expect(query.where[0]?.nested[0]?.where[0]?.columns.map(({ key }) => key)).toEqual([
      'song.sales',
      'singer.age',
    ]);
  });

  it('refuses what is not one SELECT', async () => {
    await expect(readQuery('DELETE FROM singer', names)).rejects.toMatchObject({ code: 'SQL_SYNTAX' });
  });
});
