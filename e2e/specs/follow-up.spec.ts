import { expect, test } from '../fixtures.ts';

const limitMs = 30_000;

test('a follow-up changes the earlier statement, and can be taken away', async ({ window, ask }) => {
  await ask.ask('How many customers are there?');
  await expect(window.getByText(/^Written by /)).toBeVisible({ timeout: limitMs });
  await ask.question.fill('only those in Berlin');
  const chip = window.getByRole('group', { name: 'Follow-up' });
  await expect(chip).toContainText('How many customers are there?');
  await ask.question.press('Enter');
  await expect(window.getByText('The earlier statement, changed')).toBeVisible({ timeout: limitMs });
  await expect(ask.editor).toContainText('Berlin');
  const berlin = await ask.cell(1, 1).textContent();
  await ask.run("SELECT count(*) FROM customers WHERE city = 'Berlin'");
  await expect(ask.cell(1, 1)).toHaveText(berlin ?? '');

  await ask.question.fill('top 5');
  await chip.getByRole('button').click();
  await expect(chip).toHaveCount(0);
});

test('what the database cannot answer is said, and tried anyway when told to', async ({ window, ask }) => {
  await ask.ask('Which albums did Metallica record?');
  await expect(ask.notice).toContainText('“albums”', { timeout: limitMs });
  await ask.notice.getByRole('button', { name: 'Try anyway' }).click();
  await expect(ask.editor).toContainText(/select/i, { timeout: limitMs });
  // Until the answer is whole, a new question is not taken.
  await expect(window.getByText(/^Written by /)).toBeVisible({ timeout: limitMs });
  await ask.ask('Delete all customers');
  await expect(window.getByText('Nothing was changed')).toBeVisible({ timeout: limitMs });
});
