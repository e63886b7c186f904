import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';

const limitMs = 30_000;

test('a conversation: turns, one brought back, begun anew', async ({ window, ask }) => {
  const thread = window.getByRole('region', { name: 'Conversation' });
  await expect(thread).toHaveCount(0);
  await ask.ask('How many customers are there?');
  await expect(window.getByText(/^Written by /)).toBeVisible({ timeout: limitMs });
  // A single turn is what the page shows anyway.
  await expect(thread).toHaveCount(0);
  await ask.ask('only those in Berlin');
  await expect(thread.getByRole('listitem')).toHaveCount(2, { timeout: limitMs });
  await expect(ask.editor).toContainText('Berlin');
  await expect(thread.getByRole('listitem').last()).toContainText(/Berlin.*1 row.*Succeeded/);
  await thread.getByRole('button', { name: /How many customers/ }).click();
  await expect(ask.editor).not.toContainText('Berlin');
  await expect(ask.question).toHaveValue('How many customers are there?');
  await window.getByRole('button', { name: 'New conversation' }).click();
  await expect(thread).toHaveCount(0);
  await expect(ask.question).toHaveValue('');
  await expect(ask.question).toBeFocused();
});

test('the candidates, how they voted, and another one taken', async ({ window, ask }) => {
  await ask.ask('Which customers spent the most?');
  const first = window.getByRole('region', { name: 'Result 1' });
  await window.getByRole('tab', { name: 'Candidates (8)' }).click({ timeout: limitMs });
  await expect(first).toContainText('% of the vote');
  await expect(first.getByText('Chosen')).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);
  const other = window.getByRole('region', { name: 'Result 2' });
  await other.getByRole('button', { name: 'Difference from the chosen one' }).first().click();
  await expect(other.getByRole('textbox', { name: 'This candidate' })).toBeVisible();
  await other.getByRole('button', { name: 'Use this one' }).first().click();
  await window.getByRole('tab', { name: 'Result', exact: true }).click();
  await expect(ask.grid.or(window.getByText('No rows', { exact: true })).first()).toBeVisible();
});

test('two results side by side at 1280, their difference named, and one picked', async ({ window, ask }) => {
  await window.setViewportSize({ width: 1_280, height: 800 });
  await ask.ask('Which customers spent the most?');
  const second = window.getByRole('region', { name: 'Second choice' });
  await expect(second).toBeVisible({ timeout: limitMs });
  await expect(second.getByRole('listitem').first()).toContainText(/row/);
  const [left, right] = [await ask.grid.boundingBox(), await second.boundingBox()];
  expect(right?.x).toBeGreaterThanOrEqual((left?.x ?? 0) + (left?.width ?? Infinity));
  expect(await findBarriers(window)).toEqual([]);
  await second.getByRole('button', { name: 'Keep the first' }).click();
  await expect(second).toHaveCount(0);
  await expect(ask.grid).toBeVisible();
});

test('tables are left out, shown as a chip, and no statement reads them', async ({ window, ask }) => {
  await ask.ask('How many customers are there?');
  await expect(ask.editor).toContainText('customers', { timeout: limitMs });
  await window.getByRole('button', { name: 'What the model was given' }).click();
  const drawer = window.getByRole('dialog', { name: 'What the model was given' });
  const tables = drawer.getByRole('region', { name: 'Tables', exact: true });
  await expect(tables.getByRole('listitem').first()).toContainText(/#1\s*customers/);
  expect(await findBarriers(window)).toEqual([]);
  await tables.getByRole('checkbox', { name: 'customers: the model may read it' }).click();
  await tables.getByRole('button', { name: 'Ask again' }).click();
  const chip = window.getByRole('group', { name: 'Tables of this conversation' });
  await expect(chip).toContainText('1 table left out');
  await expect(window.getByRole('region', { name: 'Progress' })).toHaveCount(0, { timeout: limitMs });
  await expect(ask.editor).not.toContainText(/from customers/i);
  await chip.getByRole('button', { name: 'All tables' }).click();
  await expect(chip).toHaveCount(0);
});

test('a refused statement says why beside its line, is repaired, and saved as an example', async ({
  window,
  ask,
}) => {
  await ask.question.fill('Which names are there?');
  await ask.run('SELECT nmae\nFROM customers\nORDER BY nmae\nLIMIT 3');
  await expect(ask.editor.locator('.cm-error-line')).toHaveText('column "nmae" does not exist');
  await window.getByRole('button', { name: 'Repair' }).click();
  const dialog = window.getByRole('dialog', { name: 'Repair the statement' });
  await expect(dialog.getByRole('textbox', { name: 'The repaired statement' })).toContainText('name', {
    timeout: limitMs,
  });
  expect(await findBarriers(window)).toEqual([]);
  await dialog.getByRole('button', { name: 'Replace the statement' }).click();
  const save = window.getByRole('button', { name: 'Save as verified example' });
  await expect(save).toBeDisabled();
  await ask.editor.press('Control+Enter');
  await expect(ask.grid).toHaveAttribute('aria-rowcount', '4');
  await save.click();
  await window.getByRole('tab', { name: 'Verified' }).click();
  const examples = window.getByRole('list', { name: 'Verified examples' });
  await expect(examples).toContainText('Which names are there?');
  expect(await findBarriers(window)).toEqual([]);

  const download = window.waitForEvent('download');
  await window.getByRole('button', { name: 'Export as JSONL' }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
  const line = JSON.parse(Buffer.concat(chunks).toString().trim()) as Record<string, unknown>;
  expect(line['completion']).toMatch(/^ SELECT name\n[\s\S]*<\/s>$/);
  expect(line['prompt']).toContain('Question: Which names are there?');

  await window.getByRole('button', { name: /^Delete the example/ }).click();
  await window.getByRole('button', { name: 'Remove' }).click();
  await expect(window.getByText('No verified examples yet')).toBeVisible();
});

test('an answer is judged, and the judgement kept', async ({ window, ask }) => {
  await ask.ask('How many customers are there?');
  const down = window.getByRole('button', { name: 'Wrong', exact: true });
  await down.click({ timeout: limitMs });
  await expect(down).toHaveAttribute('aria-pressed', 'true');
  await ask.openTab('History');
  await window
    .getByRole('button', { name: /^Restore: How many customers are there\?/ })
    .first()
    .click();
  await expect(down).toHaveAttribute('aria-pressed', 'true');
});

test('a statement in words, with a warning where a join counts rows several times', async ({
  window,
  ask,
}) => {
  await ask.run(
    'SELECT sum(o.total_amount) FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.total_amount > 10',
  );
  await window.getByRole('tab', { name: 'In words' }).click();
  const words = window.getByRole('region', { name: 'The statement in words' });
  await expect(words).toContainText('Reads orders (called o).');
  await expect(words).toContainText('Keeps the rows where o.total_amount is more than 10.');
  await expect(words.getByRole('alert')).toContainText('o.total_amount');
  expect(await findBarriers(window)).toEqual([]);
  await ask.run('SELEC 1');
  await expect(ask.notice).toBeVisible();
  await window.getByRole('tab', { name: 'In words' }).click();
  await expect(window.getByText('The statement cannot be explained')).toBeVisible();
});
