import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';

const slow = 'SELECT count(*) FROM generate_series(1, 1000000000)';

test('a plan: not made unasked, measured, walked through by keys', async ({ window, ask }) => {
  await ask.run('SELECT city, count(*) FROM customers GROUP BY city ORDER BY 2 DESC');
  await expect(ask.grid).toBeVisible();
  await window.getByRole('tab', { name: 'Plan' }).click();
  await expect(window.getByText('How would PostgreSQL run this?')).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);
  await window.getByRole('button', { name: 'Run and measure' }).click();
  const tree = window.getByRole('tree', { name: 'Steps of the plan' });
  const steps = tree.getByRole('treeitem');
  await expect(steps.first()).toContainText('Sort');
  await expect(steps.last()).toContainText('Seq Scan on customers');
  await expect(window.getByText(/^Executed in/)).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);

  await steps.first().focus();
  await window.keyboard.press('End');
  await expect(steps.last()).toBeFocused();
  await expect(window.getByRole('region', { name: 'The chosen step' })).toContainText(
    'Seq Scan on customers',
  );
  await window.keyboard.press('Home');
  await window.keyboard.press('ArrowLeft');
  await expect(steps).toHaveCount(1);

  await window.getByRole('button', { name: 'Copy JSON' }).click();
  const raw = await window.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(raw)).toHaveLength(1);

  await window.getByRole('button', { name: 'Estimate only' }).click();
  await expect(window.getByText('Estimated only: the statement did not run.')).toBeVisible();
  await ask.editor.fill('SELECT 1');
  await expect(window.getByText('The statement has changed since.')).toBeVisible();
});

test('a plan is cancelled while the statement runs, and one that fails says why', async ({ window, ask }) => {
  await ask.editor.fill(slow);
  await window.getByRole('tab', { name: 'Plan' }).click();
  await window.getByRole('button', { name: 'Run and measure' }).click();
  await expect(window.getByText('PostgreSQL runs the statement and measures it…')).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);
  await window.getByRole('button', { name: 'Cancel' }).click();
  await expect(window.getByText('How would PostgreSQL run this?')).toBeVisible();

  await ask.editor.fill('DELETE FROM customers');
  await window.getByRole('button', { name: 'Run and measure' }).click();
  await expect(window.getByText('There is no plan')).toBeVisible();
  await expect(window.getByText(/DELETE is not a read-only query/)).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);
});
