import { answerOnSqlite } from './answers.ts';
import { scanSql } from './rewrite-lexical.ts';
import type { SqliteAnswer } from './answers.ts';
import type { GoldRunner } from '../spider/index.ts';

/** Another way for SQLite to come by the same rows: a defined answer stays as it is. */
export interface Reordering {
  /** For a person: when does SQLite answer so? */
  when: string;
  ask(gold: GoldRunner, sql: string): SqliteAnswer;
}

/** https://www.sqlite.org/pragma.html#pragma_reverse_unordered_selects */
const backwards: Reordering = {
  when: 'it reads its tables backwards',
  ask: (gold, sql) => {
    gold.run('PRAGMA reverse_unordered_selects = ON');
    try {
      return answerOnSqlite(gold, sql);
    } finally {
      gold.run('PRAGMA reverse_unordered_selects = OFF');
    }
  },
};

const stored = (when: string, order: string): Reordering => ({
  when,
  ask: (gold, sql) => askCopies(gold, sql, order),
});

/** 7919 and 104729 are primes: a scattered order, the same on every machine. */
export const reorderings: Reordering[] = [
  backwards,
  stored('its rows are stored in reverse order, without indexes', 'rowid DESC'),
  stored('its rows are stored in another order, without indexes', 'rowid * 7919 % 104729'),
];

/** Temporary copies come before the tables of their names. */
function askCopies(gold: GoldRunner, sql: string, order: string): SqliteAnswer {
  const copied: string[] = [];
  try {
    for (const table of listTables(gold, sql)) {
      gold.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM main.${table} ORDER BY ${order}`);
      copied.push(table);
    }
    return answerOnSqlite(gold, sql);
  } finally {
    for (const table of copied) gold.run(`DROP TABLE temp.${table}`);
  }
}

/** Tables whose names stand in the query. A copy would lose a collation, and a view of ours has the name already. */
function listTables(gold: GoldRunner, sql: string): string[] {
  const words = new Set(scanSql(sql).map((token) => token.text.toLowerCase().replace(/^["`[]|["`\]]$/g, '')));
  return gold
    .run(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%COLLATE%' " +
        'AND lower(name) NOT IN (SELECT lower(name) FROM temp.sqlite_schema)',
    )
    .map(([name]) => String(name))
    .filter((name) => words.has(name.toLowerCase()))
    .map((name) => `"${name.replaceAll('"', '""')}"`);
}
