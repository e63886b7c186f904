import { describe, expect, it } from 'vitest';
import type { Cell } from '../../core/contract/index.ts';
import { isNumericType, toCsv, toJson, toMarkdown, toTsv } from './format-rows.ts';

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
    expect(toCsv(one(cell))).toBe(`c1\r\n${written}\r\n`);
  });

  it('quotes column names too, and ends every record with CRLF', () => {
    const rows = { columns: [text('a,b'), text('c')], rows: [['1', null] as Cell[], [null, 'x'] as Cell[]] };
    expect(toCsv(rows)).toBe('"a,b",c\r\n1,\r\n,x\r\n');
  });
});

describe('other forms', () => {
  it('flattens tabs and line breaks for TSV', () => {
    expect(toTsv(one('a\tb', 'c\nd', null), { header: true })).toBe('c1\tc2\tc3\na b\tc d\t');
    expect(toTsv(one('x'), { header: false })).toBe('x');
  });

  it('keeps equal column names apart in JSON', () => {
    const rows = { columns: [text('id'), text('id')], rows: [['1', null] as Cell[]] };
    expect(JSON.parse(toJson(rows))).toEqual([{ id: '1', id_2: null }]);
  });

  it('escapes pipes and breaks in Markdown, and aligns numbers', () => {
    const rows = {
      columns: [text('note'), { name: 'n', type: 'bigint' }],
      rows: [['a|b\nc', null] as Cell[]],
    };
    expect(toMarkdown(rows)).toBe('| note | n |\n| --- | ---: |\n| a\\|b<br>c | NULL |');
  });
});

it.each([
  ['integer', true],
  ['numeric(10,2)', true],
  ['double precision', true],
  ['int8', true],
  ['interval', false],
  ['integer[]', true],
  ['text', false],
])('takes %s for a number: %s', (type, numeric) => {
  expect(isNumericType(type)).toBe(numeric);
});
