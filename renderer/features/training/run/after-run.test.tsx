import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import type { Gate, GateRow, Job } from '../../../../core/contract/index.ts';
import { createFakeJobs } from '../../../testing/fake-jobs.ts';
import { createFakeLoop, fakeGate, fakeReport } from '../../../testing/fake-loop.ts';
import { createFakeTrainingControl } from '../../../testing/fake-training-control.ts';
import { makeTrainingRun } from '../../../testing/fake-training-runs.ts';
import { openApp } from '../../../testing/open-app.tsx';

beforeEach(() => {
  HTMLCanvasElement.prototype.getContext = () => null;
});

const row = (id: string, important: boolean): GateRow => ({
  ...{ id, set: 0, connectionId: 'demo:retail', question: `Question ${id}?`, goldSql: 'SELECT 1' },
  ...{ important, use: 'unseen', sqlBefore: 'SELECT 1', sqlAfter: 'SELECT 2' },
  ...{ correctBefore: true, correctAfter: false, causesAfter: [] },
});

/** The page of a run whose export was measured with this verdict. */
async function openMeasured(verdict: NonNullable<Gate['report']>['verdict'], rows: GateRow[] = []) {
  const loop = createFakeLoop();
  const report = { ...fakeReport, verdict, reason: 'Only 5 were asked.' };
  let gate: Gate = { ...fakeGate, report };
  const app = await openApp({
    methods: {
      ...createFakeTrainingControl(),
      ...loop,
      'loop.gates': async () => [gate],
      'loop.gate': async () => ({ ...gate, rows }),
      'loop.keep': async () => (gate = { ...gate, keptAt: '2026-11-23T09:00:00.000Z' }),
    },
  });
  window.location.hash = '#/training/run/finished';
  const after = await screen.findByRole('region', { name: 'From this run to the model in use' });
  const sent = (method: string) =>
    app.core.calls.filter((call) => call.method === method).map(({ input }) => input);
  return { ...app, after, sent };
}

it('what the measurement cannot tell is used with a reason only', async () => {
  const { user, after, sent } = await openMeasured('unclear');
  expect(await within(after).findByText('Too few questions to tell')).toBeDefined();
  expect(within(after).queryByRole('button', { name: 'Use this model' })).toBeNull();
  await user.click(within(after).getByRole('button', { name: 'Use it all the same' }));
  const dialog = screen.getByRole('dialog');
  await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'I looked at each.');
  await user.click(within(dialog).getByRole('button', { name: 'Use it all the same' }));
  await waitFor(() =>
    expect(sent('loop.promote')).toEqual([
      expect.objectContaining({ gateId: 'gate-1', insistBecause: 'I looked at each.' }),
    ]),
  );
  const models = await screen.findByRole('region', { name: 'Models in use, over time' });
  expect(within(models).getByText(/I looked at each\./)).toBeDefined();
  await user.click(within(models).getByRole('button', { name: /^Roll back to/ }));
  expect(await within(models).findByText('rolled back to')).toBeDefined();
});

it('a measurement that was given up does not hide the verdict before it', async () => {
  const { report: _, ...begun } = fakeGate;
  const methods = {
    ...createFakeTrainingControl(),
    ...createFakeLoop(),
    'loop.gates': async () => [{ ...begun, id: 'gate-2', state: 'cancelled' as const }, fakeGate],
  };
  await openApp({ methods });
  window.location.hash = '#/training/run/finished';
  const after = await screen.findByRole('region', { name: 'From this run to the model in use' });
  expect(await within(after).findByText('The measurement was cancelled.')).toBeDefined();
  expect(within(after).getByRole('table')).toBeDefined();
});

it('a measurement and an export that go on can be cancelled where they are shown, after a question', async () => {
  const { report: _, ...begun } = fakeGate;
  const job = (id: string, kind: Job['kind']): Job => ({
    ...{ id, kind, title: id, subjectId: 'finished', state: 'running', attempt: 1 },
    ...{ createdAt: '2026-11-23T09:20:00.000Z', canResume: false, keepsWork: true },
    progress: { done: 3, total: 60 },
  });
  const { user, core } = await openApp({
    methods: {
      ...createFakeTrainingControl(),
      ...createFakeLoop(),
      ...createFakeJobs([job('gate-job', 'gate'), job('export-job', 'training-export')]),
      'loop.gates': async () => [{ ...begun, state: 'running' as const, jobId: 'gate-job' }],
    },
  });
  window.location.hash = '#/training/run/finished';
  for (const [name, jobId] of [
    ['Measuring', 'gate-job'],
    ['Exporting', 'export-job'],
  ] as const) {
    const shown = await screen.findByRole('group', { name });
    await user.click(within(shown).getByRole('button', { name: 'Cancel' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Cancel the job' }));
    await waitFor(() => expect(core.calls).toContainEqual({ method: 'jobs.cancel', input: { jobId } }));
  }
});

it('what is better is used in one click, or the model in use is kept, and that is kept in mind', async () => {
  const { user, after, sent } = await openMeasured('better');
  await user.click(await within(after).findByRole('button', { name: 'Keep the model in use' }));
  expect(await within(after).findByText(/^You kept the model in use,/)).toBeDefined();
  expect(within(after).queryByRole('button', { name: 'Keep the model in use' })).toBeNull();
  await user.click(within(after).getByRole('button', { name: 'Use this model' }));
  await waitFor(() => expect(sent('loop.promote')).toHaveLength(1));
  expect(sent('loop.promote')[0]).not.toHaveProperty('insistBecause');
});

it('lists what was broken, the verified questions first, each with its statements', async () => {
  const { after } = await openMeasured('broken', [row('demo', false), row('own', true)]);
  const verified = await within(after).findByRole('list', { name: '1 verified question broken' });
  expect(within(verified).getByText('Question own?')).toBeDefined();
  expect(within(verified).getByText('SELECT 2')).toBeDefined();
  expect(within(verified).getByRole('button', { name: 'Open in Ask' })).toBeDefined();
  expect(
    within(within(after).getByRole('list', { name: '1 other question broken' })).getByText('Question demo?'),
  ).toBeDefined();
  const figures = within(after).getByRole('table', { name: 'Questions right, before and after' });
  const all = within(figures).getByRole('row', { name: /^All/ });
  expect(within(all).getByText('−2.0 to +11.0')).toBeDefined();
});

it('does not call better what chance explains, and speaks of the past once the model is in use', async () => {
  const { user, after } = await openMeasured('better');
  // Fixed 3 of 61 at p 0.25.
  expect(await within(after).findByText('No clear difference')).toBeDefined();
  expect(within(after).queryByText('Better than the model in use')).toBeNull();
  expect(within(after).getByRole('columnheader', { name: 'In use' })).toBeDefined();
  await user.click(within(after).getByRole('button', { name: 'Use this model' }));
  expect(
    await within(after).findByText('There was no clear difference from the model in use then'),
  ).toBeDefined();
  expect(within(after).getByRole('columnheader', { name: 'starter' })).toBeDefined();
  expect(within(after).queryByRole('columnheader', { name: 'In use' })).toBeNull();
});

it('says beside the files of an earlier export that the latest one failed, and exports again', async () => {
  const artifacts = ['retail-step-000060-Q8_0.gguf', 'old-Q8_0.gguf'].map((name) => ({
    ...{ kind: 'gguf' as const, path: `/models/${name}`, bytes: 1_000, here: true },
  }));
  const failed: Job = {
    ...{ id: 'export-2', kind: 'training-export', title: 'Export', subjectId: 'finished', state: 'failed' },
    ...{ createdAt: '2026-11-23T09:20:00.000Z', attempt: 1, canResume: false, keepsWork: false },
    error: { code: 'PYTHON_MISSING', message: 'The environment is not made.' },
  };
  const { user, core } = await openApp({
    methods: {
      ...createFakeTrainingControl({ runs: [makeTrainingRun({ id: 'finished', artifacts })] }),
      ...createFakeLoop(),
      ...createFakeJobs([failed]),
    },
  });
  window.location.hash = '#/training/run/finished';
  const after = await screen.findByRole('region', { name: 'From this run to the model in use' });
  expect(
    await within(after).findByText('The latest export failed: these files are of an earlier one'),
  ).toBeDefined();
  const files = within(after)
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);
  expect(files.slice(0, 2)).toEqual([
    '/models/retail-step-000060-Q8_0.gguf step 60',
    '/models/old-Q8_0.gguf step not known',
  ]);
  expect(within(after).getByRole('link', { name: 'Make the environment' })).toBeDefined();
  await user.click(within(after).getByRole('button', { name: 'Export again' }));
  expect(core.calls).toContainEqual({
    method: 'training.export',
    input: { runId: 'finished', types: ['Q8_0'] },
  });
});
