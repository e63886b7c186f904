import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Answer, AskEvent, QueryResult } from '../../../core/contract/index.ts';
import { createAnswer } from '../../testing/fake-core.ts';
import { openApp, shownSql, typeSql } from '../../testing/open-app.tsx';

const question = () => screen.getByRole('textbox', { name: 'Question' });
const button = (name: string | RegExp) => screen.getByRole('button', { name });

/** Answers whatever is asked with what the test says. */
function answering(more: Partial<Answer>, outcome: Answer['outcome'] = 'succeeded') {
  return async function* ask({ question: asked }: { question: string }): AsyncGenerator<AskEvent> {
    yield { kind: 'answer', answer: createAnswer(asked, outcome, more) };
  };
}

const asksOf = (core: Awaited<ReturnType<typeof openApp>>['core']) =>
  core.calls.filter(({ method }) => method === 'generation.ask').map(({ input }) => input);

describe('a follow-up', () => {
  it('is offered once there is an answer, and sends the turn with the statement in the editor', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    expect(screen.queryByRole('group', { name: 'Follow-up' })).toBeNull();
    await typeSql('SELECT count(*) FROM orders');
    await user.clear(question());
    await user.type(question(), 'and by month?');
    const chip = screen.getByRole('group', { name: 'Follow-up' });
    expect(within(chip).getByText('How many?')).toBeDefined();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(asksOf(core)).toHaveLength(2));
    expect(asksOf(core)[1]).toMatchObject({
      question: 'and by month?',
      previous: [{ question: 'How many?', sql: 'SELECT count(*) FROM orders' }],
    });
  });

  it('is a question of its own once the chip is taken away', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    await user.clear(question());
    await user.type(question(), 'How many orders?');
    await user.click(button('Ask by itself, not as a follow-up'));
    expect(screen.queryByRole('group', { name: 'Follow-up' })).toBeNull();
    await user.type(question(), '{Enter}');
    await waitFor(() => expect(asksOf(core)).toHaveLength(2));
    expect(asksOf(core)[1]).not.toHaveProperty('previous');
  });

  it('says that the earlier statement was changed', async () => {
    const { user } = await openApp({ methods: { 'generation.ask': answering({ followUp: 'rewritten' }) } });
    await user.type(question(), 'and by month?{Enter}');
    expect(await screen.findByText('The earlier statement, changed')).toBeDefined();
  });
});

describe('a disagreement', () => {
  const first: QueryResult = {
    columns: [{ name: 'n', type: 'bigint' }],
    rows: [['7']],
    rowCount: 1,
    truncated: false,
    durationMs: 1,
  };
  const disagreeing: Partial<Answer> = {
    sql: 'SELECT 7 AS n',
    result: first,
    confidence: 0.41,
    agreement: 0.6,
    candidates: [
      { sql: 'SELECT 7 AS n', outcome: 'succeeded', votes: 1, share: 0.6 },
      { sql: 'SELECT 8 AS n', outcome: 'succeeded', votes: 1, share: 0.3 },
    ],
    alternatives: [{ sql: 'SELECT 8 AS n', result: { ...first, rows: [['8']] }, share: 0.3 }],
  };

  it('shows both results, how sure the answer is, and lets the other one be chosen', async () => {
    const { core, user } = await openApp({ methods: { 'generation.ask': answering(disagreeing) } });
    await user.type(question(), 'How many?{Enter}');
    expect(await screen.findByText('41 % sure')).toBeDefined();
    const other = screen.getByRole('region', { name: 'Second choice' });
    expect(within(other).getByText('Or this? 30 % of the vote')).toBeDefined();
    expect(within(other).getByRole('gridcell', { name: '8' })).toBeDefined();
    expect(within(screen.getByRole('grid', { name: 'Result rows' })).getByText('7')).toBeDefined();
    await user.click(within(other).getByRole('button', { name: /Use this one/ }));
    await waitFor(() => expect(shownSql()).toBe('SELECT 8 AS n'));
    expect(within(screen.getByRole('grid', { name: 'Result rows' })).getByText('8')).toBeDefined();
    expect(screen.getByText('Or this? 60 % of the vote')).toBeDefined();
    await user.clear(question());
    await user.type(question(), 'and by month?{Enter}');
    await waitFor(() => expect(asksOf(core)).toHaveLength(2));
    expect(asksOf(core)[1]).toMatchObject({ previous: [{ sql: 'SELECT 8 AS n' }] });
  });

  it('says the share of the vote where nothing was calibrated', async () => {
    const uncalibrated = answering({ ...disagreeing, calibrated: false, confidence: 0.6 });
    const { user } = await openApp({ methods: { 'generation.ask': uncalibrated } });
    await user.type(question(), 'How many?{Enter}');
    expect(await screen.findByText('60 % of 2 candidates’ vote')).toBeDefined();
  });
});

describe('what the database cannot answer', () => {
  const refusal = (reason: 'words' | 'change'): Partial<Answer> => ({
    sql: '',
    candidates: [],
    message: 'Nothing stands for “albums”.',
    notAnswerable: { reason, words: ['albums'] },
  });

  it('is said so, and can be tried anyway', async () => {
    const { core, user } = await openApp({
      methods: { 'generation.ask': answering(refusal('words'), 'not-answerable') },
    });
    await user.type(question(), 'Which albums?{Enter}');
    expect(await screen.findByText('No answer in this database')).toBeDefined();
    expect(screen.getByText('Nothing stands for “albums”.')).toBeDefined();
    await user.click(button('Try anyway'));
    await waitFor(() => expect(asksOf(core)).toHaveLength(2));
    expect(asksOf(core)[1]).toMatchObject({ question: 'Which albums?', tryAnyway: true });
  });

  it('a request to change data is told that nothing was changed', async () => {
    const { user } = await openApp({
      methods: { 'generation.ask': answering(refusal('change'), 'not-answerable') },
    });
    await user.type(question(), 'Delete all customers{Enter}');
    expect(await screen.findByText('Nothing was changed')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Try anyway' })).toBeNull();
  });
});

it('says where the connection’s adapter was left out, and why', async () => {
  const ignoredAdapter = { path: '/m/shop-adapter.gguf', reason: 'It was chosen for another model, a.gguf.' };
  const { user } = await openApp({ methods: { 'generation.ask': answering({ ignoredAdapter }) } });
  await user.type(question(), 'How many?{Enter}');
  const note = await screen.findByText('without the connection’s adapter');
  expect(note.title).toBe(
    'The adapter shop-adapter.gguf is not applied. It was chosen for another model, a.gguf.',
  );
});
