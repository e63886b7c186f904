import { expect, it } from 'vitest';
import { indentJson, viewCell } from './cell-view.ts';

it('indents JSON without rounding its numbers', () => {
  expect(viewCell('{"a": 12345678901234567890, "b": [1, "x,}"], "c": {}, "d": []}', 'jsonb')).toEqual({
    kind: 'json',
    text: '{\n  "a": 12345678901234567890,\n  "b": [\n    1,\n    "x,}"\n  ],\n  "c": {},\n  "d": []\n}',
  });
  expect(indentJson('"a\\"b"')).toBe('"a\\"b"');
  expect(viewCell('[not json', 'text')).toEqual({ kind: 'text', text: '[not json' });
});

it('gives the elements of an array a line each', () => {
  expect(viewCell('{1,"a, \\"b\\"",NULL}', 'text[]')).toEqual({
    kind: 'array',
    text: '1\na, "b"\nNULL',
    count: 3,
  });
  expect(viewCell('{{1,2},{3,4}}', 'integer[]')).toMatchObject({ text: '{1,2}\n{3,4}', count: 2 });
  expect(viewCell('{}', 'integer[]')).toMatchObject({ text: '', count: 0 });
});

it('dumps bytes', () => {
  const hex = [...'Hello, bytes! 123'].map((letter) => letter.charCodeAt(0).toString(16)).join('');
  const { text, count } = viewCell(`\\x${hex}00`, 'bytea');
  expect(count).toBe(18);
  expect(text.split('\n')[0]).toBe(
    '00000000  48 65 6c 6c 6f 2c 20 62 79 74 65 73 21 20 31 32  Hello, bytes! 12',
  );
  expect(text.split('\n')[1]).toMatch(/^00000010 {2}33 00 .*3\.$/);
});

it('knows NULL from an empty text', () => {
  expect(viewCell(null, 'text').kind).toBe('null');
  expect(viewCell('', 'text').kind).toBe('text');
});
