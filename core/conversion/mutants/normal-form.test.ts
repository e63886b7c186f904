import { beforeAll, describe, expect, it } from 'vitest';
import { loadMutator } from './mutate.ts';
import { toNormalForm } from './normal-form.ts';
import type { LoadedTable } from '../load.ts';

beforeAll(() => loadMutator());

const stadium = makeTable('stadium', {
  stadium_id: 'never null',
  name: 'never null',
  city: '',
  tag: 'never null',
  seats: '',
});
stadium.primaryKey = ['stadium_id'];
stadium.primaryKeyDeclared = true;
stadium.uniqueKeys = [['tag']];

/** `stadium_id` is never NULL, `other_id` may be; both are foreign keys. `loose_id` is none that rows obey. */
const concert = makeTable('concert', {
  concert_id: 'never null',
  stadium_id: 'never null',
  other_id: '',
  loose_id: 'never null',
  theme: '',
});
concert.primaryKey = ['concert_id'];
concert.primaryKeyDeclared = true;
concert.foreignKeys = ['stadium_id', 'other_id', 'loose_id'].map((column) => ({
  columns: [column],
  targetTable: 'stadium',
  targetColumns: ['stadium_id'],
  declared: column !== 'loose_id',
}));
/** A key that its rows do not keep. */
const log = makeTable('log', { log_id: '', note: '' });
log.primaryKey = ['log_id'];
/** A seat is of a ticket, and a ticket of a concert. */
const ticket = makeTable('ticket', { ticket_id: 'never null', concert_id: 'never null' });
ticket.foreignKeys = [
  { columns: ['concert_id'], targetTable: 'concert', targetColumns: ['concert_id'], declared: true },
];
const seat = makeTable('seat', { ticket_id: 'never null', concert_id: 'never null', number: '' });
seat.foreignKeys = [
  {
    columns: ['ticket_id', 'concert_id'],
    targetTable: 'ticket',
    targetColumns: ['ticket_id', 'concert_id'],
    declared: true,
  },
];
const tables = [stadium, concert, log, ticket, seat];

function makeTable(name: string, columns: Record<string, 'never null' | ''>): LoadedTable {
  return {
    name,
    columns: Object.entries(columns).map(([column, nulls]) => ({
      name: column,
      type: column === 'seats' ? 'integer' : 'text',
      notNull: nulls === 'never null',
      hasNulls: false,
      allNumericText: false,
      allIntegerText: false,
      wholeNumbers: false,
      unsignedText: false,
      yearText: false,
      cellsNulled: 0,
      samples: [],
    })),
    primaryKey: [],
    primaryKeyDeclared: false,
    uniqueKeys: [],
    foreignKeys: [],
    refused: [],
    rows: 0,
    cellsNulled: 0,
  };
}

const onKey = 'concert AS c JOIN stadium AS s ON c.stadium_id = s.stadium_id';

const equivalent: [left: string, right: string][] = [
  ['SELECT DISTINCT stadium_id, city FROM stadium', 'SELECT stadium_id, city FROM stadium'],
  ['SELECT DISTINCT tag FROM stadium', 'SELECT tag FROM stadium'],
  ["SELECT DISTINCT city FROM stadium WHERE tag = 'x'", "SELECT city FROM stadium WHERE tag = 'x'"],
  [`SELECT DISTINCT c.concert_id, s.name FROM ${onKey}`, `SELECT c.concert_id, s.name FROM ${onKey}`],
  ['SELECT DISTINCT city FROM stadium GROUP BY city', 'SELECT city FROM stadium GROUP BY city'],
  ['SELECT DISTINCT count(*) FROM stadium', 'SELECT count(*) FROM stadium'],
  ['SELECT count(DISTINCT stadium_id) FROM stadium', 'SELECT count(stadium_id) FROM stadium'],
  [`SELECT count(DISTINCT c.concert_id) FROM ${onKey}`, `SELECT count(*) FROM ${onKey}`],
  ['SELECT count(name) FROM stadium', 'SELECT count(*) FROM stadium'],
  ['SELECT min(city) FROM stadium GROUP BY stadium_id', 'SELECT max(city) FROM stadium GROUP BY stadium_id'],
  ["SELECT min(city) FROM stadium WHERE tag = 'x'", "SELECT max(city) FROM stadium WHERE tag = 'x'"],
  ["SELECT city FROM stadium WHERE tag = 'x' LIMIT 1", "SELECT city FROM stadium WHERE tag = 'x' LIMIT 2"],
  [
    "SELECT count(city) FROM stadium WHERE tag = 'x'",
    "SELECT count(DISTINCT city) FROM stadium WHERE tag = 'x'",
  ],
  [
    'SELECT city FROM stadium GROUP BY stadium_id HAVING count(*) > 1',
    'SELECT city FROM stadium GROUP BY stadium_id HAVING 1 > 1',
  ],
  [
    'SELECT city FROM stadium GROUP BY city HAVING count(*) >= 1',
    'SELECT city FROM stadium GROUP BY city HAVING true',
  ],
  [
    'SELECT city FROM stadium GROUP BY city HAVING count(*) < 1',
    'SELECT city FROM stadium GROUP BY city HAVING false',
  ],
  [
    "SELECT name FROM stadium WHERE seats::text = 'null' AND city = 'x'",
    'SELECT name FROM stadium WHERE false',
  ],
  [
    "SELECT name FROM stadium WHERE seats::text <> 'null'",
    "SELECT name FROM stadium WHERE seats::text <> 'NULL'",
  ],
  [
    'SELECT sum(s.seats), count(s.city) FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT sum(s.seats), count(s.city) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  // WHERE drops the rows without a match.
  [
    "SELECT c.theme FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id WHERE s.city = 'x'",
    "SELECT c.theme FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id WHERE s.city = 'x'",
  ],
  // So does HAVING: alone they count 1, and their sum is NULL.
  [
    'SELECT s.city FROM stadium AS s LEFT JOIN concert AS c ON c.other_id = s.stadium_id GROUP BY s.stadium_id HAVING count(*) > 1',
    'SELECT s.city FROM stadium AS s JOIN concert AS c ON c.other_id = s.stadium_id GROUP BY s.stadium_id HAVING count(*) > 1',
  ],
  [
    'SELECT c.theme FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY s.stadium_id, c.theme HAVING sum(s.seats) < 9',
    'SELECT c.theme FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY s.stadium_id, c.theme HAVING sum(s.seats) < 9',
  ],
  // A NULL is no member of what must have a member, nor what the other side never has.
  [
    'SELECT name FROM stadium WHERE tag IN (SELECT s.tag FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id)',
    'SELECT name FROM stadium WHERE tag IN (SELECT s.tag FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id)',
  ],
  [
    'SELECT name FROM stadium INTERSECT SELECT s.city FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT name FROM stadium INTERSECT SELECT s.city FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  // A seat's key leads to concert by way of ticket.
  [
    'SELECT c.theme, x.number FROM seat AS x LEFT JOIN concert AS c ON x.concert_id = c.concert_id',
    'SELECT c.theme, x.number FROM seat AS x JOIN concert AS c ON x.concert_id = c.concert_id',
  ],
  [
    'SELECT x.number FROM seat AS x JOIN concert AS c ON x.concert_id = c.concert_id',
    'SELECT x.number FROM seat AS x',
  ],
  [
    'SELECT count(c.other_id) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id WHERE s.seats > 1',
    'SELECT count(*) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id WHERE s.seats > 1',
  ],
  [
    'SELECT min(s.name) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.other_id',
    'SELECT max(s.name) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.other_id',
  ],
  ["SELECT min(city) FROM stadium WHERE city = 'x'", "SELECT max(city) FROM stadium WHERE city = 'x'"],
  ['SELECT max(DISTINCT city) FROM stadium', 'SELECT max(city) FROM stadium'],
  [
    'SELECT name FROM stadium WHERE city IN (SELECT DISTINCT theme FROM concert)',
    'SELECT name FROM stadium WHERE city IN (SELECT theme FROM concert)',
  ],
  [
    'SELECT name FROM stadium WHERE city IN (SELECT theme FROM concert ORDER BY theme)',
    'SELECT name FROM stadium WHERE city IN (SELECT theme FROM concert)',
  ],
  [
    'SELECT name FROM stadium WHERE city IN (SELECT theme FROM concert UNION SELECT note FROM log)',
    'SELECT name FROM stadium WHERE city IN (SELECT theme FROM concert UNION ALL SELECT note FROM log)',
  ],
  [
    'SELECT DISTINCT city FROM stadium INTERSECT SELECT theme FROM concert',
    'SELECT city FROM stadium INTERSECT SELECT DISTINCT theme FROM concert',
  ],
  [
    'SELECT c.theme, s.name FROM concert AS c LEFT JOIN stadium AS s ON c.stadium_id = s.stadium_id',
    'SELECT c.theme, s.name FROM concert AS c JOIN stadium AS s ON c.stadium_id = s.stadium_id',
  ],
  [
    'SELECT c.theme, s.name FROM stadium AS s RIGHT JOIN concert AS c ON c.stadium_id = s.stadium_id',
    'SELECT c.theme, s.name FROM stadium AS s JOIN concert AS c ON c.stadium_id = s.stadium_id',
  ],
  [`SELECT c.theme FROM ${onKey}`, 'SELECT c.theme FROM concert AS c'],
  [
    'SELECT name FROM stadium ORDER BY stadium_id, city',
    'SELECT name FROM stadium ORDER BY stadium_id, city DESC',
  ],
  ["SELECT name FROM stadium WHERE city = 'x' ORDER BY city", "SELECT name FROM stadium WHERE city = 'x'"],
  ['SELECT count(*) FROM stadium ORDER BY max(city) LIMIT 1', 'SELECT count(*) FROM stadium LIMIT 2'],
  ["SELECT name FROM stadium WHERE city ILIKE '%AbC%'", "SELECT name FROM stadium WHERE city ILIKE '%abc%'"],
];

const different: [left: string, right: string][] = [
  ['SELECT DISTINCT city FROM stadium', 'SELECT city FROM stadium'],
  [`SELECT DISTINCT s.name, s.stadium_id FROM ${onKey}`, `SELECT s.name, s.stadium_id FROM ${onKey}`],
  // The key is declared by Spider, and not by PostgreSQL: rows break it.
  ['SELECT DISTINCT log_id FROM log', 'SELECT log_id FROM log'],
  ['SELECT DISTINCT name FROM stadium GROUP BY stadium_id', 'SELECT name FROM stadium GROUP BY stadium_id'],
  [
    'SELECT DISTINCT c.concert_id FROM concert AS c CROSS JOIN stadium AS s',
    'SELECT c.concert_id FROM concert AS c CROSS JOIN stadium AS s',
  ],
  ['SELECT count(DISTINCT city) FROM stadium', 'SELECT count(city) FROM stadium'],
  ['SELECT count(city) FROM stadium', 'SELECT count(*) FROM stadium'],
  ["SELECT count(city) FROM stadium WHERE tag = 'x'", "SELECT count(*) FROM stadium WHERE tag = 'x'"],
  ["SELECT min(city) FROM stadium WHERE name = 'x'", "SELECT max(city) FROM stadium WHERE name = 'x'"],
  ["SELECT min(city) FROM stadium WHERE tag > 'x'", "SELECT max(city) FROM stadium WHERE tag > 'x'"],
  ["SELECT city FROM stadium WHERE tag = 'x' LIMIT 1", "SELECT city FROM stadium WHERE tag = 'x' LIMIT 0"],
  [`SELECT count(DISTINCT s.stadium_id) FROM ${onKey}`, `SELECT count(s.stadium_id) FROM ${onKey}`],
  ['SELECT min(city) FROM stadium GROUP BY name', 'SELECT max(city) FROM stadium GROUP BY name'],
  [
    'SELECT name FROM stadium WHERE city IN (SELECT DISTINCT theme FROM concert LIMIT 2)',
    'SELECT name FROM stadium WHERE city IN (SELECT theme FROM concert LIMIT 2)',
  ],
  [
    'SELECT DISTINCT city FROM stadium UNION ALL SELECT theme FROM concert',
    'SELECT city FROM stadium UNION ALL SELECT theme FROM concert',
  ],
  [
    'SELECT c.theme, s.name FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT c.theme, s.name FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  [
    'SELECT c.theme, s.name FROM concert AS c LEFT JOIN stadium AS s ON c.loose_id = s.stadium_id',
    'SELECT c.theme, s.name FROM concert AS c JOIN stadium AS s ON c.loose_id = s.stadium_id',
  ],
  [
    'SELECT c.theme, s.name FROM concert AS c RIGHT JOIN stadium AS s ON c.stadium_id = s.stadium_id',
    'SELECT c.theme, s.name FROM concert AS c JOIN stadium AS s ON c.stadium_id = s.stadium_id',
  ],
  [
    "SELECT c.theme FROM concert AS c LEFT JOIN stadium AS s ON c.stadium_id = s.stadium_id AND s.city = 'x'",
    "SELECT c.theme FROM concert AS c JOIN stadium AS s ON c.stadium_id = s.stadium_id AND s.city = 'x'",
  ],
  [`SELECT s.name FROM ${onKey}`, 'SELECT s.name FROM stadium AS s'],
  [
    'SELECT c.theme FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT c.theme FROM concert AS c',
  ],
  ['SELECT name FROM stadium ORDER BY city, name', 'SELECT name FROM stadium ORDER BY city, name DESC'],
  ['SELECT city FROM stadium GROUP BY city HAVING count(*) > 1', 'SELECT city FROM stadium GROUP BY city'],
  ['SELECT count(*) FROM stadium HAVING count(*) >= 1', 'SELECT count(*) FROM stadium HAVING true'],
  ["SELECT name FROM stadium WHERE seats::text = '7'", "SELECT name FROM stadium WHERE seats::text = '8'"],
  ["SELECT name FROM stadium WHERE seats::text <> 'null'", 'SELECT name FROM stadium'],
  ["SELECT name FROM stadium WHERE NOT (seats::text = 'null')", 'SELECT name FROM stadium WHERE NOT false'],
  [
    'SELECT count(*), sum(s.seats) FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT count(*), sum(s.seats) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  [
    'SELECT sum(s.seats) FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.theme',
    'SELECT sum(s.seats) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.theme',
  ],
  [
    'SELECT sum(s.seats), min(c.theme) FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT sum(s.seats), min(c.theme) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  [
    'SELECT c.theme FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id WHERE s.city IS NULL',
    'SELECT c.theme FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id WHERE s.city IS NULL',
  ],
  [
    'SELECT s.city FROM stadium AS s LEFT JOIN concert AS c ON c.other_id = s.stadium_id GROUP BY s.stadium_id HAVING count(*) >= 1',
    'SELECT s.city FROM stadium AS s JOIN concert AS c ON c.other_id = s.stadium_id GROUP BY s.stadium_id HAVING count(*) >= 1',
  ],
  [
    'SELECT c.theme FROM ticket AS t JOIN concert AS c ON t.concert_id = c.concert_id RIGHT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT c.theme FROM ticket AS t JOIN concert AS c ON t.concert_id = c.concert_id JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  // Stadiums of one city are one group, and may be several without a match.
  [
    'SELECT s.city FROM stadium AS s LEFT JOIN concert AS c ON c.other_id = s.stadium_id GROUP BY s.city HAVING count(*) > 1',
    'SELECT s.city FROM stadium AS s JOIN concert AS c ON c.other_id = s.stadium_id GROUP BY s.city HAVING count(*) > 1',
  ],
  // Concerts of one theme are one group, with a match and without.
  [
    'SELECT count(*) FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.theme HAVING sum(s.seats) < 9',
    'SELECT count(*) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.theme HAVING sum(s.seats) < 9',
  ],
  [
    'SELECT name FROM stadium WHERE tag NOT IN (SELECT s.tag FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id)',
    'SELECT name FROM stadium WHERE tag NOT IN (SELECT s.tag FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id)',
  ],
  [
    'SELECT city FROM stadium INTERSECT SELECT s.city FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT city FROM stadium INTERSECT SELECT s.city FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  [
    'SELECT name FROM stadium EXCEPT SELECT c.theme FROM concert AS c LEFT JOIN stadium AS s ON c.other_id = s.stadium_id',
    'SELECT name FROM stadium EXCEPT SELECT c.theme FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id',
  ],
  [
    'SELECT min(s.name) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.theme',
    'SELECT max(s.name) FROM concert AS c JOIN stadium AS s ON c.other_id = s.stadium_id GROUP BY c.theme',
  ],
  ['SELECT city FROM stadium GROUP BY city LIMIT 1', 'SELECT city FROM stadium GROUP BY city LIMIT 2'],
  ["SELECT name FROM stadium WHERE city LIKE 'A'", "SELECT name FROM stadium WHERE city LIKE 'a'"],
  ["SELECT name FROM stadium WHERE city ILIKE 'Ä'", "SELECT name FROM stadium WHERE city ILIKE 'ä'"],
];

describe('toNormalForm', () => {
  it.each(equivalent)('calls %s the same as %s', (left, right) => {
    expect(toNormalForm(left, tables)).toBe(toNormalForm(right, tables));
  });

  it.each(different)('keeps %s apart from %s', (left, right) => {
    expect(toNormalForm(left, tables)).not.toBe(toNormalForm(right, tables));
  });
});
