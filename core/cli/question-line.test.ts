import { describe, expect, it } from 'vitest';
import { formatResult } from './console.ts';
import { isBlank, readQuestion } from './question-line.ts';
import { browserCommand } from './open-browser.ts';

const url = 'url:postgres://ann@localhost:5432/shop?sslmode=require';

describe('readQuestion', () => {
  it('takes id and question', () => {
    expect(readQuestion('{"id":"q1","question":"How many?"}', 1, url)).toEqual({
      id: 'q1',
      question: 'How many?',
      connectionId: url,
    });
  });

  it('numbers a line without an id, and ignores other fields', () => {
    expect(readQuestion('\uFEFF{"question":" How many? ","gold":1}', 7, url)).toMatchObject({
      id: 'line-7',
      question: 'How many?',
    });
  });

  it.each([
    ['postgres://bob@db/other', url, 'url:postgres://bob@db/other'],
    ['demo:retail', url, 'demo:retail'],
    ['other', url, 'url:postgres://ann@localhost:5432/other?sslmode=require'],
    ['odd/name?', url, 'url:postgres://ann@localhost:5432/odd%2Fname%3F?sslmode=require'],
    ['retail', 'demo:finance', 'demo:retail'],
  ])('a line that names %s beside %s asks %s', (db, byDefault, connectionId) => {
    expect(readQuestion(JSON.stringify({ question: 'q', db }), 1, byDefault)).toMatchObject({ connectionId });
  });

  it.each([
    ['not json', 'line-3', 'not JSON'],
    ['null', 'line-3', 'no usable question'],
    ['[1]', 'line-3', 'no usable question'],
    ['{"id":"a"}', 'a', 'no usable question'],
    ['{"id":"a","question":""}', 'a', 'no usable question'],
    ['{"id":"a","question":5}', 'a', 'no usable question'],
    ['{"id":{},"question":"q"}', 'line-3', 'no usable id'],
    ['{"id":"a","question":"q","db":"demo:nowhere"}', 'a', 'names no database'],
  ])('a bad line keeps its place: %s', (text, id, problem) => {
    expect(readQuestion(text, 3, url)).toEqual({ id, problem: expect.stringContaining(problem) });
  });

  it('blank lines are told apart', () => {
    expect(['', '  \t', '\uFEFF', '{}', 'x'].map(isBlank)).toEqual([true, true, true, false, false]);
  });

  it('needs a database from somewhere', () => {
    expect(readQuestion('{"question":"q"}', 1, undefined)).toMatchObject({
      problem: expect.stringContaining('--db'),
    });
    expect(readQuestion('{"question":"q","db":"shop"}', 1, undefined)).toHaveProperty('problem');
  });
});

describe('formatResult', () => {
  it('lines up columns, shows NULL, and says what was cut off', () => {
    const columns = [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
    ];
    const rows = [
      [1, 'Ann'],
      [20, null],
      [3, `two\nlines ${'x'.repeat(80)}`],
    ];
    const lines = formatResult({ columns, rows, rowCount: 3, truncated: true, durationMs: 1 }).split('\n');
    expect(lines[0]).toBe('id  name');
    expect(lines.slice(2, 4)).toEqual(['1   Ann', '20  NULL']);
    expect(lines[4]).toMatch(/^3 {3}two lines x+…$/);
    expect(lines.at(-1)).toBe('(3 rows, and more that were cut off)');
  });
});

describe('browserCommand', () => {
  it('opens a browser only where there is a screen', () => {
    expect(browserCommand('linux', {})).toBeUndefined();
    expect(browserCommand('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
    expect(browserCommand('darwin', {})).toEqual(['open']);
    expect(browserCommand('win32', {})?.[0]).toBe('rundll32');
  });
});
