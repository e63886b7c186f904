import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../core/contract/index.ts';
import { openApp, shownSql, typeSql } from '../../../testing/open-app.tsx';

const question = () => screen.getByRole('textbox', { name: 'Question' });
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const editor = () => screen.getByRole('textbox', { name: 'SQL statement' });

describe('a statement that the database refuses', () => {
  it('has the message under its line, and is repaired after the change was shown', async () => {
    const { user } = await openApp();
    await typeSql('SELECT nonsense\nFROM customers');
    await user.click(button(/^Run/));
    await waitFor(() => expect(within(editor()).getByText('column "nonsense" does not exist')).toBeDefined());
    await user.click(button('Repair'));
    const dialog = await screen.findByRole('dialog', { name: 'Repair the statement' });
    expect(shownSql()).toContain('nonsense');
    expect(await within(dialog).findByText(/closest one of the schema/)).toBeDefined();
    await user.click(within(dialog).getByRole('button', { name: 'Replace the statement' }));
    expect(shownSql()).toBe('SELECT name\nFROM customers');
    expect(screen.getByText('Not run yet')).toBeDefined();
    expect(within(editor()).queryByText('column "nonsense" does not exist')).toBeNull();
  });

  it('that cannot be repaired is told so, and stays', async () => {
    const refuse = async () => {
      throw new AppError('SQL_EXECUTION', 'division by zero');
    };
    const { user } = await openApp({ methods: { 'postgres.query': refuse } });
    await typeSql('SELECT 1/0');
    await user.click(button(/^Run/));
    await user.click(await screen.findByRole('button', { name: 'Repair' }));
    const dialog = await screen.findByRole('dialog', { name: 'Repair the statement' });
    expect(await within(dialog).findByText('No repair was found')).toBeDefined();
    expect(within(dialog).queryByRole('button', { name: 'Replace the statement' })).toBeNull();
    expect(shownSql()).toBe('SELECT 1/0');
  });
});

describe('an answer', () => {
  it('is judged by a thumb, which is kept with it and taken back', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'How many?{Enter}');
    await user.click(await screen.findByRole('button', { name: 'Right' }));
    expect(button('Right').getAttribute('aria-pressed')).toBe('true');
    expect(core.history[0]?.feedback).toEqual({ rating: 'up' });
    await user.click(button('Wrong'));
    expect(core.history[0]?.feedback).toEqual({ rating: 'down' });
    expect(screen.getByText(/Correct the statement and run it/)).toBeDefined();
    await user.click(screen.getByRole('tab', { name: 'History' }));
    expect((await screen.findByRole('button', { name: /^Restore: How many\?/ })).textContent).toContain(
      'Wrong',
    );
    await user.click(button('Wrong'));
    expect(core.history[0]?.feedback?.rating).toBeUndefined();
  });

  it('is saved as an example once it ran, and its correction too', async () => {
    const { core, user } = await openApp();
    const save = () => button('Save as verified example') as HTMLButtonElement;
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    await typeSql('SELECT count(*)\nFROM orders;');
    expect(save().disabled).toBe(true);
    expect(save().title).toContain('Run the statement first');
    await user.click(button(/^Run/));
    await waitFor(() => expect(save().disabled).toBe(false));
    await user.click(save());
    expect(await screen.findByText('Saved as a verified example.')).toBeDefined();
    expect(core.calls.findLast(({ method }) => method === 'verified.save')?.input).toMatchObject({
      question: 'How many?',
      sql: 'SELECT count(*)\nFROM orders;',
      origin: 'corrected',
      historyId: 'history-1',
    });
  });
});

describe('verified examples', () => {
  it('are listed, searched, opened, worded anew and deleted', async () => {
    const { core, user } = await openApp();
    await user.click(screen.getByRole('tab', { name: 'Verified' }));
    expect(await screen.findByText('No verified examples yet')).toBeDefined();
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    await user.click(button('Save as verified example'));
    const list = await screen.findByRole('list', { name: 'Verified examples' });
    expect(list.textContent).toContain('How many?');
    await user.type(screen.getByRole('searchbox', { name: 'Search the examples' }), 'orders');
    expect(screen.getByText('No example matches.')).toBeDefined();
    await user.clear(screen.getByRole('searchbox', { name: 'Search the examples' }));
    await user.click(button('Edit the question: How many?'));
    const dialog = screen.getByRole('dialog', { name: 'Edit the question' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Question of the example' }), ' Customers?');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await screen.findByRole('button', { name: 'Edit the question: How many? Customers?' });
    await user.click(button('New conversation'));
    await user.click(button(/^Open: How many\? Customers\?/));
    expect(shownSql()).toBe('SELECT count(*)\nFROM customers;');
    await user.click(button('Delete the example: How many? Customers?'));
    await user.click(button('Remove'));
    await waitFor(() => expect(core.calls.some(({ method }) => method === 'verified.remove')).toBe(true));
    expect(await screen.findByText('No verified examples yet')).toBeDefined();
  });

  it('that cannot be read say so, and are read again', async () => {
    let fails = true;
    const list = async () => {
      if (fails) throw new AppError('INTERNAL', 'The store is closed.');
      return [];
    };
    const { user } = await openApp({ methods: { 'verified.list': list } });
    await user.click(screen.getByRole('tab', { name: 'Verified' }));
    expect(await screen.findByText('The examples cannot be read')).toBeDefined();
    fails = false;
    await user.click(button('Try again'));
    expect(await screen.findByText('No verified examples yet')).toBeDefined();
  });
});
