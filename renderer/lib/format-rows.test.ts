import { describe, expect, it } from 'vitest';
import type { Cell } from '../../core/contract/index.ts';
import { findTableName, formatRows, isNumericType, toTsv } from './format-rows.ts';

const text = (name: string) => ({ name, type: 'text' });
const one = (...row: Cell[]) => ({ columns: row.map((_, index) => text(`c${index + 1}`)), rows: [row] });

describe('CSV after RFC 4180', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['', '""'],
    [null, ''],
    [42, '42'],
    [false, 'false'],
    [' spaces ', ' spaces '],
  ])('writes %j as %s', (cell, written) => {
    expect(formatRows(one(cell), 'csv')).toBe(`c1\r\n${written}\r\n`);
  });

  it('quotes column names too, and ends every record with CRLF', () => {
    const rows = { columns: [text('a,b'), text('c')], rows: [['1', null] as Cell[], [null, 'x'] as Cell[]] };
    expect(formatRows(rows, 'csv')).toBe('"a,b",c\r\n1,\r\n,x\r\n');
  });
});

describe('other forms', () => {
  it('flattens tabs and line breaks for TSV', () => {
    expect(toTsv(one('a\tb', 'c\nd', null), { header: true })).toBe('c1\tc2\tc3\na b\tc d\t');
    expect(toTsv(one('x'), { header: false })).toBe('x');
    expect(toTsv({ columns: [{ name: 'two\nlines', type: 'text' }], rows: [['x']] }, { header: false })).toBe(
      'x',
    );
  });

  it('keeps equal column names apart in JSON', () => {
    const rows = { columns: [text('id'), text('id')], rows: [['1', null] as Cell[]] };
    expect(JSON.parse(formatRows(rows, 'json'))).toEqual([{ id: '1', id_2: null }]);
    expect(formatRows(rows, 'jsonl')).toBe('{"id":"1","id_2":null}');
  });

  it('escapes pipes and breaks in Markdown, and aligns numbers', () => {
    const rows = {
      columns: [text('note'), { name: 'n', type: 'bigint' }],
      rows: [['a|b\nc', null] as Cell[]],
    };
    expect(formatRows(rows, 'markdown')).toBe('| note | n |\n| --- | ---: |\n| a\\|b<br>c | NULL |');
  });

  it('writes INSERTs whose values PostgreSQL reads back', () => {
    const columns = [
      { name: 'id', type: 'bigint' },
      { name: 'Full name', type: 'text' },
      { name: 'order', type: 'numeric(10,2)' },
      { name: 'ok', type: 'boolean' },
      { name: 'list', type: 'integer[]' },
    ];
    const rows: Cell[][] = [
      ['1', "O'Hara \\ x", 'NaN', true, '{1,2}'],
      ['2', null, '-1.50', false, null],
    ];
    expect(formatRows({ columns, rows }, 'sql', { tableName: 'shop.people' }).split('\n')).toEqual([
      `INSERT INTO shop.people (id, "Full name", "order", ok, list) VALUES (1, 'O''Hara \\ x', 'NaN', TRUE, '{1,2}');`,
      `INSERT INTO shop.people (id, "Full name", "order", ok, list) VALUES (2, NULL, -1.50, FALSE, NULL);`,
    ]);
  });
});

it.each([
  ['integer', true],
  ['numeric(10,2)', true],
  ['double precision', true],
  ['int8', true],
  ['interval', false],
  ['integer[]', false],
  ['text', false],
])('takes %s for a number: %s', (type, numeric) => {
  expect(isNumericType(type)).toBe(numeric);
});

it.each([
  ['SELECT * FROM customers WHERE id = 1', 'customers'],
  ['select a from shop."Order Notes" n', 'shop."Order Notes"'],
  ['SELECT * FROM a JOIN b ON true', undefined],
  ['SELECT * FROM a, b', undefined],
  ['SELECT * FROM generate_series(1, 3)', undefined],
  ['SELECT 1', undefined],
])('finds the one table of %s', (sql, name) => {
  expect(findTableName(sql)).toBe(name);
});
