import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Answer, AskEvent, AskInput, QueryResult } from '../../../../core/contract/index.ts';
import { createAnswer } from '../../../testing/fake-core.ts';
import { openApp, shownSql } from '../../../testing/open-app.tsx';
import { describeDifference } from './describe-difference.ts';

const question = () => screen.getByRole('textbox', { name: 'Question' });
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const thread = () => screen.getByRole('region', { name: 'Conversation' });

const numbers = (name: string, values: number[], truncated = false): QueryResult => ({
  columns: [{ name, type: 'integer' }],
  rows: values.map((value) => [value]),
  rowCount: values.length,
  truncated,
  durationMs: 1,
});

/** Each question gets the next of these. */
function answering(answers: Partial<Answer>[]) {
  let at = 0;
  return async function* ask({ question: asked }: Pick<AskInput, 'question'>): AsyncGenerator<AskEvent> {
    const answer = createAnswer(asked, 'succeeded', answers[at++ % answers.length]);
    yield { kind: 'answer', answer: { ...answer, historyId: `h${at}` } };
  };
}

describe('the thread', () => {
  const two = [
    { sql: 'SELECT 1 AS a', result: numbers('a', [1]) },
    { sql: 'SELECT 2 AS b', result: numbers('b', [2]) },
  ];

  it('holds each question with its statement, outcome and rows, and brings one back by a click', async () => {
    const { user } = await openApp({ methods: { 'generation.ask': answering(two) } });
    await user.type(question(), 'First?{Enter}');
    await waitFor(() => expect(shownSql()).toBe('SELECT 1 AS a'));
    await user.clear(question());
    await user.type(question(), 'Second?{Enter}');
    await waitFor(() => expect(shownSql()).toBe('SELECT 2 AS b'));
    const [first, second] = within(thread()).getAllByRole('listitem');
    expect(first?.textContent).toMatch(/First\?.*SELECT 1 AS a.*1 row.*Succeeded/);
    expect(
      within(second as HTMLElement)
        .getByRole('button')
        .getAttribute('aria-current'),
    ).toBe('step');
    await user.click(within(first as HTMLElement).getByRole('button'));
    expect(shownSql()).toBe('SELECT 1 AS a');
    expect((question() as HTMLTextAreaElement).value).toBe('First?');
  });

  it('is begun anew, with an empty sheet', async () => {
    const { user } = await openApp({ methods: { 'generation.ask': answering(two) } });
    await user.type(question(), 'First?{Enter}');
    await user.click(await screen.findByRole('button', { name: 'New conversation' }));
    expect(screen.queryByRole('region', { name: 'Conversation' })).toBeNull();
    expect(shownSql()).toBe('');
    expect((question() as HTMLTextAreaElement).value).toBe('');
  });
});

describe('candidates', () => {
  const preview = { columns: [{ name: 'n', type: 'integer' }], rows: [[7]], rowCount: 1, truncated: false };
  const candidates: Answer['candidates'] = [
    { sql: 'SELECT 7 AS n', outcome: 'succeeded', votes: 2, share: 0.7, preview },
    { sql: 'SELECT 3 + 4 AS n', outcome: 'succeeded', votes: 2, share: 0.7, preview },
    {
      sql: 'SELECT 8 AS n',
      outcome: 'succeeded',
      votes: 1,
      share: 0.3,
      preview: { ...preview, rows: [[8]] },
    },
    { sql: 'SELECT x', outcome: 'invalid', votes: 0, share: 0, message: 'column "x" does not exist' },
  ];

  it('stand in the groups that voted together, with their rows, and one is taken and run', async () => {
    const { core, user } = await openApp({
      methods: { 'generation.ask': answering([{ sql: 'SELECT 7 AS n', candidates }]) },
    });
    await user.type(question(), 'How many?{Enter}');
    await user.click(await screen.findByRole('tab', { name: 'Candidates (4)' }));
    const first = await screen.findByRole('region', { name: 'Result 1' });
    expect(within(first).getAllByRole('listitem')).toHaveLength(2);
    expect(within(first).getByText('70 % of the vote')).toBeDefined();
    expect(within(first).getByRole('cell', { name: '7' })).toBeDefined();
    expect(within(first).getByText('Chosen')).toBeDefined();
    const third = screen.getByRole('region', { name: 'Result 3' });
    expect(third.textContent).toContain('column "x" does not exist');
    const second = screen.getByRole('region', { name: 'Result 2' });
    await user.click(within(second).getByRole('button', { name: 'Use this one' }));
    expect(shownSql()).toBe('SELECT 8 AS n');
    await waitFor(() =>
      expect(core.calls.find(({ method }) => method === 'postgres.query')?.input).toMatchObject({
        sql: 'SELECT 8 AS n',
      }),
    );
    expect(core.calls.find(({ method }) => method === 'history.giveFeedback')?.input).toEqual({
      id: 'h1',
      feedback: { picked: { sql: 'SELECT 8 AS n', over: 'SELECT 7 AS n' } },
    });
  });

  it('are told where there is one alone, too', async () => {
    const { user } = await openApp();
    await user.type(question(), 'x');
    await user.click(button(/Ask$/));
    await user.click(await screen.findByRole('tab', { name: 'Candidates (1)' }));
    expect(await screen.findByText(/1 statement, /)).toBeDefined();
  });
});

describe('two results', () => {
  it('are told apart by counts, columns and rows', () => {
    expect(describeDifference(numbers('a', [1, 2, 3]), numbers('a', [2, 4]))).toEqual([
      '3 rows in the first result, 2 rows in this one.',
      '1 row the same, 2 only in the first, 1 only in this one.',
    ]);
    expect(describeDifference(numbers('a', [1]), numbers('b', [2]))).toEqual([
      'Both have 1 row.',
      'Columns only in the first: a.',
      'Columns only in this one: b.',
      '0 rows the same, 1 only in the first, 1 only in this one.',
    ]);
    const wide = {
      ...numbers('a', [1]),
      columns: [...numbers('a', []).columns, { name: 'z', type: 'text' }],
    };
    expect(describeDifference({ ...wide, rows: [[1, 'x']] }, { ...wide, rows: [[1, 'y']] })).toContain(
      'Rows differ in z.',
    );
    expect(describeDifference(wide, numbers('a', [1]))).toContain('2 columns in the first, 1 in this one.');
  });

  it('let the user keep the first, which is remembered with the answer', async () => {
    const other = { sql: 'SELECT 2', result: numbers('a', [2]), share: 0.4 };
    const answer = { sql: 'SELECT 1', result: numbers('a', [1]), alternatives: [other] };
    const { core, user } = await openApp({ methods: { 'generation.ask': answering([answer]) } });
    await user.type(question(), 'Which?{Enter}');
    const panel = await screen.findByRole('region', { name: 'Second choice' });
    expect(within(panel).getByText('Both have 1 row.')).toBeDefined();
    await user.click(within(panel).getByRole('button', { name: 'Keep the first' }));
    expect(screen.queryByRole('region', { name: 'Second choice' })).toBeNull();
    expect(core.calls.find(({ method }) => method === 'history.giveFeedback')?.input).toEqual({
      id: 'h1',
      feedback: { picked: { sql: 'SELECT 1', over: 'SELECT 2' } },
    });
  });
});

describe('tables', () => {
  it('are left out for the conversation, shown as a chip, and sent with the next question', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'How many?');
    await user.click(button('What the model was given'));
    const drawer = await screen.findByRole('dialog', { name: 'What the model was given' });
    await user.click(within(drawer).getByRole('checkbox', { name: 'customers: the model may read it' }));
    await user.click(within(drawer).getByRole('checkbox', { name: 'Always take in orders' }));
    await user.click(within(drawer).getByRole('button', { name: 'Ask again' }));
    await waitFor(() =>
      expect(core.calls.find(({ method }) => method === 'generation.ask')?.input).toMatchObject({
        tables: { include: ['public.orders'], exclude: ['public.customers'] },
      }),
    );
    const chip = screen.getByRole('group', { name: 'Tables of this conversation' });
    expect(chip.textContent).toContain('1 table left out, 1 table taken in');
    await user.click(within(chip).getByRole('button', { name: 'All tables' }));
    expect(screen.queryByRole('group', { name: 'Tables of this conversation' })).toBeNull();
  });
});
