import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../core/contract/index.ts';
import { fakePlan } from '../../../testing/fake-conversation.ts';
import { openApp, typeSql } from '../../../testing/open-app.tsx';
import { isMisestimated, listRows } from './plan-rows.ts';

const button = (name: string | RegExp) => screen.getByRole('button', { name });

async function openPlan(options: Parameters<typeof openApp>[0] = {}) {
  const opened = await openApp(options);
  await typeSql('SELECT * FROM orders');
  await opened.user.click(screen.getByRole('tab', { name: 'Plan' }));
  await screen.findByText('How would PostgreSQL run this?');
  return opened;
}

const planTree = () => screen.findByRole('tree', { name: 'Steps of the plan' });
const items = () => within(screen.getByRole('tree', { name: 'Steps of the plan' })).getAllByRole('treeitem');

describe('a plan', () => {
  it('is measured when asked for, as a tree that keys walk through, with wrong guesses marked', async () => {
    const { core, user } = await openPlan();
    expect(core.calls.some(({ method }) => method === 'postgres.explainPlan')).toBe(false);
    await user.click(button('Run and measure'));
    const tree = await planTree();
    expect(items().map((item) => item.getAttribute('aria-level'))).toEqual(['1', '2', '3']);
    expect(screen.getByText(/Executed in 12 ms/)).toBeDefined();
    expect(items()[1]?.textContent).toContain('200× more than guessed');
    expect(items()[2]?.textContent).toContain('250 rows thrown away');
    const [top] = items();
    top?.focus();
    fireEvent.keyDown(tree, { key: 'End' });
    expect(document.activeElement).toBe(items()[2]);
    const step = screen.getByRole('region', { name: 'The chosen step' });
    expect(within(step).getByText("(status <> 'cancelled')")).toBeDefined();
    fireEvent.keyDown(tree, { key: 'Home' });
    fireEvent.keyDown(tree, { key: 'ArrowLeft' });
    expect(items()).toHaveLength(1);
    fireEvent.keyDown(tree, { key: 'ArrowRight' });
    expect(items()).toHaveLength(3);
  });

  it('is estimated without running the statement, and says when the statement has changed since', async () => {
    const { core, user } = await openPlan();
    await user.click(button('Estimate only'));
    await planTree();
    expect(core.calls.find(({ method }) => method === 'postgres.explainPlan')?.input).toMatchObject({
      analyze: false,
    });
    expect(screen.getByText('Estimated only: the statement did not run.')).toBeDefined();
    await user.click(screen.getByRole('tab', { name: 'Result' }));
    await typeSql('SELECT 2');
    await user.click(screen.getByRole('tab', { name: 'Plan' }));
    expect(screen.getByText('The statement has changed since.')).toBeDefined();
  });

  it('is cancelled on the server', async () => {
    let signal: AbortSignal | undefined;
    const explain = (_input: unknown, options?: { signal?: AbortSignal }) => {
      signal = options?.signal;
      return new Promise<never>(() => undefined);
    };
    const { user } = await openPlan({ methods: { 'postgres.explainPlan': explain } });
    await user.click(button('Run and measure'));
    await user.click(button('Cancel'));
    expect(signal?.aborted).toBe(true);
    expect(screen.getByText('How would PostgreSQL run this?')).toBeDefined();
  });

  it('that there is none says why, and is tried again', async () => {
    let fails = true;
    const explain = async () => {
      if (fails) throw new AppError('SQL_TIMEOUT', 'The statement ran longer than 30000 ms and was stopped.');
      return fakePlan(true);
    };
    const { user } = await openPlan({ methods: { 'postgres.explainPlan': explain } });
    await user.click(button('Run and measure'));
    expect(await screen.findByText('There is no plan')).toBeDefined();
    fails = false;
    await user.click(button('Try again'));
    await waitFor(() => expect(items()).toHaveLength(3));
  });
});

describe('rows of a plan', () => {
  it('have their share of the measured time, or of the cost', () => {
    expect(listRows(fakePlan(true)).map(({ share, parent }) => [share, parent])).toEqual([
      [1 / 12, undefined],
      [6 / 12, 0],
      [5 / 12, 1],
    ]);
    expect(listRows(fakePlan(false)).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('are marked where the guess was ten times off, unless there are few', () => {
    const [node] = fakePlan(true).nodes;
    if (!node) throw new Error('There is no node.');
    expect(isMisestimated({ ...node, plannedRows: 1, actualRows: 30, misestimate: 30 })).toBe(false);
    expect(isMisestimated({ ...node, plannedRows: 3000, actualRows: 30, misestimate: 0.01 })).toBe(true);
    expect(isMisestimated({ ...node, plannedRows: 300, actualRows: 900, misestimate: 3 })).toBe(false);
  });
});

describe('a statement in words', () => {
  it('has a view of its own, with what a join counts twice', async () => {
    const warning = {
      ...{ kind: 'fan' as const, aggregate: 'sum(o.total)', effect: 'inflated' as const, counted: 'o' },
      ...{
        multipliedBy: 'i',
        message: 'sum(o.total) counts rows of o several times.',
        part: 'the statement',
      },
      advice: 'Sum before you join.',
    };
    const path = { tables: [], joins: [], warnings: [warning], notAnalysed: [] };
    const { user } = await openApp({ methods: { 'schema.joinPath': async () => path } });
    await typeSql('SELECT count(*) FROM customers');
    await user.click(screen.getByRole('tab', { name: 'In words' }));
    const words = await screen.findByRole('region', { name: 'The statement in words' });
    await waitFor(() => expect(within(words).getByText('Reads customers.')).toBeDefined());
    expect(await within(words).findByText('sum(o.total) counts rows of o several times.')).toBeDefined();
  });

  it('says where it does not parse', async () => {
    const explain = async () => {
      throw new AppError('SQL_SYNTAX', 'Syntax error at or near "SELEC".');
    };
    const { user } = await openApp({ methods: { 'sql.explain': explain } });
    await typeSql('SELEC');
    await user.click(screen.getByRole('tab', { name: 'In words' }));
    expect(await screen.findByText('The statement cannot be explained')).toBeDefined();
  });
});
