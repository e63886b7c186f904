import { readFileSync } from 'node:fs';
import { connectToHost } from '../connect-to-host.ts';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { createEvaluationPage, type EvaluationPage } from '../pages/evaluation-page.ts';
import { openPage } from '../open-page.ts';
import { startHost, type RunningHost } from '../start-host.ts';

/** A host of its own: it begins without runs. In Electron the same core answers; only its start is another. */
async function withHost(
  work: (host: RunningHost) => Promise<void>,
  stop: (host: RunningHost) => Promise<void> = (host) => host.stop(),
): Promise<void> {
  const host = await startHost();
  await work(host).finally(() => stop(host));
}

test.beforeEach(({}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'The specs of jobs start and kill browser hosts.');
});

test('twenty questions in one click: watched, browsed by cause, run again, compared and exported', async ({
  browser,
}) => {
  await withHost(async ({ url }) => {
    const page = await openPage(browser);
    const evaluation = createEvaluationPage(page);
    await page.goto(url);
    await evaluation.open();
    await expect(page.getByText('Nothing was evaluated yet')).toBeVisible();
    await expect(page.getByText('How long that takes is not known')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);

    await page.getByRole('button', { name: 'Evaluate the starter on 20 demo questions' }).click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await evaluation.waitUntilMeasured();
    await expect(evaluation.figure('Execution accuracy')).toContainText(/\d of 20/);
    await expect(page.getByRole('img', { name: /^By hardness: All \d/ }).locator('svg')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);

    await evaluation.showTable('By hardness');
    await expect(page.getByRole('table', { name: 'By hardness' }).getByRole('row')).toHaveCount(6);
    await browseFailure(evaluation);
    expect(await findBarriers(page)).toEqual([]);

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as HTML' }).click();
    const html = readFileSync(await (await download).path(), 'utf8');
    expect(html.match(/<article/g)).toHaveLength(20);
    expect(html).not.toMatch(/(src|href)="?https?:/);

    await compareWithGreedy(evaluation);
    expect(await findBarriers(page)).toEqual([]);
    await page.close();
  });
});

/** From a cause to its questions, both statements and both results. */
async function browseFailure({ page, ...evaluation }: EvaluationPage): Promise<void> {
  await evaluation.showTable('Wrong answers by cause');
  const cause = page.getByRole('table', { name: 'Wrong answers by cause' }).getByRole('button').first();
  const name = await cause.innerText();
  await cause.click();
  await expect(page.getByRole('combobox', { name: 'Cause' })).not.toHaveValue('');
  await evaluation.questions.first().click();
  await expect(page.getByRole('list', { name: 'Cause' })).toContainText(name);
  await expect(page.getByRole('textbox', { name: 'Gold SQL' })).toContainText('SELECT');
  await page.getByRole('button', { name: 'Run both', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Gold rows' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the questions' }).fill('no such words');
  await expect(page.getByText('No question fits the filter.')).toBeVisible();
  await page.getByRole('button', { name: 'Reset the filter' }).click();
  await expect(page.getByText('20 of 20 questions')).toBeVisible();
}

async function compareWithGreedy({ page, ...evaluation }: EvaluationPage): Promise<void> {
  await evaluation.open();
  await expect(page.getByText(/as measured here/)).toBeVisible();
  await page.getByLabel('How statements are written').selectOption('greedy');
  await evaluation.start();
  await evaluation.waitUntilMeasured();
  await evaluation.open();
  const ticks = page.getByRole('checkbox', { name: /^Compare/ });
  await expect(ticks).toHaveCount(2);
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await page.getByRole('button', { name: 'Compare the two' }).click();
  await expect(page.getByText(/20 questions that both asked/)).toBeVisible();
  const counts = await Promise.all(
    ['Fixed', 'Broken', 'Both wrong', 'Both right'].map((name) => evaluation.countOf(name)),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
  await page.getByRole('button', { name: /Both right$/ }).click();
  await expect(evaluation.questions).toHaveCount(counts[3] ?? 0);
  await expect(page.getByText('Statement before (right)')).toBeVisible();
}

test('what cannot be started says why; a run that failed says why and can be deleted', async ({
  browser,
}) => {
  await withHost(async ({ url }) => {
    const page = await openPage(browser);
    const evaluation = createEvaluationPage(page);
    await page.goto(url);
    await evaluation.open();
    await page.getByLabel('How many').fill('no number');
    await evaluation.start();
    await expect(page.getByText('Write a whole number from 1, or leave it empty.')).toBeVisible();
    await page.getByLabel('How many').fill('2');
    await page.getByLabel('Model', { exact: true }).selectOption('other');
    await page.getByLabel('Path of the GGUF file').fill('/nowhere/model.gguf');
    await evaluation.start();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('Failed');
    await expect(alert).toContainText('/nowhere/model.gguf');
    expect(await findBarriers(page)).toEqual([]);

    await evaluation.open();
    await page.getByRole('button', { name: /^Delete the run of model\.gguf/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('Nothing was evaluated yet')).toBeVisible();
    await page.close();
  });
});

test('a core that is killed in mid-run: the run is interrupted, goes on, and asks nothing twice', async ({
  browser,
}) => {
  let second: RunningHost | undefined;
  const stop = (first: RunningHost) => (second ?? first).stop();
  await withHost(async (first) => {
    const page = await openPage(browser);
    const evaluation = createEvaluationPage(page);
    await page.goto(first.url);
    await evaluation.open();
    await page.getByLabel('How many').fill('');
    await evaluation.start();
    await expect(
      page.getByRole('region', { name: 'Latest questions' }).getByRole('listitem'),
    ).not.toHaveCount(0);
    await first.kill();
    await expect(page.getByRole('alert')).toContainText('Disconnected, reconnecting…');
    second = await startHost(first.dataDir);
    await expect(page.getByRole('alert')).toContainText('Interrupted');
    await expect(page.getByRole('alert')).toContainText(/It ended early: \d+ of 50 questions were asked/);
    expect(await findBarriers(page)).toEqual([]);
    const asked = Number(/early: (\d+) of/.exec(await page.getByRole('alert').innerText())?.[1]);
    expect(asked).toBeLessThan(50);
    await page.getByRole('button', { name: 'Resume' }).click();
    // The view of the part stands until the run goes on; the whole has fifty.
    await expect(evaluation.figure('Execution accuracy')).toContainText('of 50', { timeout: 90_000 });
    await evaluation.waitUntilMeasured();
    const { core, close } = await connectToHost(second.url);
    const [run] = await core['evaluation.list']({});
    const log = await core['jobs.log']({ jobId: run?.jobId ?? '' });
    close();
    expect(run).toMatchObject({ state: 'succeeded', n: 50 });
    const answered = log.lines.flatMap(({ text }) => /^(\S+) (?:right|wrong),/.exec(text)?.[1] ?? []);
    expect(answered).toHaveLength(50);
    expect(new Set(answered).size).toBe(50);
    await page.close();
  }, stop);
});
