import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError, type Job, type StepPoints } from '../../../core/contract/index.ts';
import type { FakeOptions } from '../../testing/fake-core.ts';
import { createFakeJobs } from '../../testing/fake-jobs.ts';
import { createFakeTrainingControl, type FakeControlOptions } from '../../testing/fake-training-control.ts';
import { fakeGate } from '../../testing/fake-loop.ts';
import { makeTrainingRun, makeStepPoints } from '../../testing/fake-training-runs.ts';
import { openApp } from '../../testing/open-app.tsx';
import { createRunCurves } from './run/run-curves.ts';

beforeEach(() => {
  // jsdom has no canvas; what a chart says stands in its label and its table.
  HTMLCanvasElement.prototype.getContext = () => null;
});

async function openTraining(
  rest: string,
  { control = {}, methods = {} }: { control?: FakeControlOptions; methods?: FakeOptions['methods'] } = {},
) {
  const app = await openApp({ methods: { ...createFakeTrainingControl(control), ...methods } });
  window.location.hash = `#/training${rest}`;
  return app;
}

describe('the list of runs', () => {
  it('has runs in every state, those of the command line too, and finds them', async () => {
    const { user } = await openTraining('');
    const table = await screen.findByRole('table', { name: 'Runs' });
    const row = within(table).getByRole('link', { name: 'QLoRA, rank 64' }).closest('tr');
    if (!row) throw new Error('no row');
    expect(within(row).getByText('Running')).toBeDefined();
    expect(within(row).getByText('840 of 2,000 steps')).toBeDefined();
    expect(within(table).getByText('Started outside the app')).toBeDefined();
    expect(within(table).getByText('The credential for Cloud Storage has expired.')).toBeDefined();
    await user.type(screen.getByRole('searchbox', { name: 'Find a run' }), 'lab unreach');
    expect(
      within(table)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual(['Behind the tunnel']);
  });

  it('that is empty leads to the wizard', async () => {
    const { user } = await openTraining('', { control: { runs: [] } });
    await user.click(await screen.findByRole('button', { name: 'New training' }));
    expect(window.location.hash).toBe('#/training/new');
  });

  it('that cannot be read says why', async () => {
    const methods: FakeOptions['methods'] = {
      'training.list': () => Promise.reject(new AppError('PERMISSION_DENIED', 'The folder may not be read.')),
    };
    await openTraining('', { methods });
    expect((await screen.findByRole('alert', {}, { timeout: 8_000 })).textContent).toContain(
      'may not be read',
    );
  });

  it('compares those that are ticked', async () => {
    const { user } = await openTraining('', {
      methods: { 'loop.gates': async () => [{ ...fakeGate, runId: 'finished' }] },
    });
    await user.click(await screen.findByRole('checkbox', { name: 'Compare Mistral on Spider' }));
    await user.click(screen.getByRole('checkbox', { name: 'Compare Stopped at noon' }));
    await user.click(screen.getByRole('button', { name: 'Compare 2 runs' }));
    const table = await screen.findByRole('table', { name: 'Results and differences' });
    expect(within(table).getByText('They were asked for the same, as far as is known.')).toBeDefined();
    await user.click(screen.getByRole('switch', { name: 'Show what is the same' }));
    expect(within(table).getByRole('row', { name: /^Base model mistralai/ })).toBeDefined();
    // Of the preset: the drafts change nothing of it.
    expect(within(table).getByRole('row', { name: /^Learning rate 0\.\d+ 0\.\d+/ })).toBeDefined();
    expect(
      within(table).getByRole('row', { name: /^Measured .* 43 of 61 questions right, 40 before\. .* –$/ }),
    ).toBeDefined();
    const chart = await screen.findByRole('img', { name: /^Training loss/ });
    expect(chart.getAttribute('aria-label')).toMatch(/Mistral on Spider 0\.\d+, Stopped at noon 0\.\d+/);
  });
});

describe('a run', () => {
  it('that runs shows its figures and curves, and can be stopped', async () => {
    const { core, user } = await openTraining('/run/running');
    expect(await screen.findByRole('heading', { level: 1, name: 'QLoRA, rank 64' })).toBeDefined();
    const bar = screen.getByRole('progressbar', { name: 'Progress of QLoRA, rank 64' });
    expect(bar.getAttribute('aria-valuetext')).toBe('840 of 2,000 steps, about 2 h 19 min left');
    expect(await screen.findByRole('img', { name: /^Loss\. Latest: .*Validation 0\./ })).toBeDefined();
    expect(screen.getByRole('img', { name: /^GPU memory\. Latest: GPU memory 3\d\.\d+ GiB/ })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Stop after checkpoint' }));
    expect(core.calls).toContainEqual({ method: 'training.stop', input: { runId: 'running' } });
  });

  it('that is up and has said nothing yet says so, without a clock', async () => {
    const { started: _, ...run } = makeTrainingRun({ id: 'up', state: 'running', name: 'Just begun' });
    await openTraining('/run/up', { control: { runs: [{ ...run, checkpoints: [] }] } });
    expect(await screen.findByText('The trainer is loading the model and the data')).toBeDefined();
    expect(screen.queryByText(/· (for|took) /)).toBeNull();
  });

  it('has its curves as tables, of what is zoomed to', async () => {
    const { user } = await openTraining('/run/running');
    const choice = await screen.findByRole('radiogroup', { name: 'Loss: show as' });
    await user.click(within(choice).getByRole('radio', { name: 'Table' }));
    const table = screen.getByRole('table', { name: 'Loss' });
    const first = () => within(table).getAllByRole('row')[1]?.textContent;
    expect(first()).toMatch(/^1/);
    await user.click(screen.getByRole('button', { name: 'The latest tenth, going on' }));
    await waitFor(() => expect(first()).toMatch(/^75\d|^76\d/));
  });

  it('is cancelled after asking', async () => {
    const { core, user } = await openTraining('/run/running');
    await user.click(await screen.findByRole('button', { name: 'Cancel…' }));
    const dialog = screen.getByRole('dialog', { name: 'Cancel this run?' });
    expect(dialog.textContent).toContain('“Stop after checkpoint” loses nothing');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel the run' }));
    expect(core.calls).toContainEqual({ method: 'training.cancel', input: { runId: 'running' } });
  });

  it('that failed says why, what to do, and shows the end of the log', async () => {
    await openTraining('/run/failed');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('CUDA ran out of memory');
    expect(alert.textContent).toContain('or QLoRA');
    expect((await within(alert).findByRole('region', { name: 'End of the log' })).textContent).toContain(
      '419',
    );
    expect(within(alert).getByRole('button', { name: 'Clone with changes…' })).toBeDefined();
  });

  it('that cannot be reached says since when, and that it is tried again', async () => {
    await openTraining('/run/unreachable');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('No answer from Lab A100');
    expect(alert.textContent).toMatch(/Last heard of: .*The app tries again by itself/);
  });

  it('that is paused says what to do, and goes on', async () => {
    const { core, user } = await openTraining('/run/paused');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('gcloud auth application-default login');
    await user.click(within(alert).getByRole('button', { name: 'Go on' }));
    expect(core.calls).toContainEqual({ method: 'training.resume', input: { runId: 'paused' } });
  });

  it('that waits for Colab gives the notebook', async () => {
    URL.createObjectURL = () => 'blob:notebook';
    URL.revokeObjectURL = () => undefined;
    const { core, user } = await openTraining('/run/waiting');
    await user.click(await screen.findByRole('button', { name: 'Save the notebook' }));
    expect(await screen.findByText('train.ipynb is saved')).toBeDefined();
    expect(core.calls.find(({ method }) => method === 'training.taskFile')?.input).toMatchObject({
      kind: 'colab',
    });
  });

  it('is resumed with more steps, and says where they are too few', async () => {
    const { core, user } = await openTraining('/run/stopped');
    await user.click(await screen.findByRole('button', { name: 'Resume…' }));
    const dialog = screen.getByRole('dialog', { name: 'Resume this run' });
    const field = within(dialog).getByRole('textbox', { name: 'Until step' });
    await user.clear(field);
    await user.type(field, '900');
    expect(within(dialog).getByText(/It has reached step 1,240/)).toBeDefined();
    await user.clear(field);
    await user.type(field, '3000{Enter}');
    expect(core.calls).toContainEqual({
      method: 'training.resume',
      input: { runId: 'stopped', maxSteps: 3_000 },
    });
  });

  it('that is finished is trained further, to a later step only', async () => {
    const { core, user } = await openTraining('/run/finished');
    await user.click(await screen.findByRole('button', { name: 'Train further…' }));
    const dialog = screen.getByRole('dialog', { name: 'Train this run further' });
    expect(dialog.textContent).toContain('It reached its end at step 2,000');
    const field = within(dialog).getByRole('textbox', { name: 'Until step' });
    expect(field).toHaveProperty('value', '4000');
    await user.clear(field);
    await user.type(field, '2000');
    const go = within(dialog).getByRole('button', { name: 'Train further' });
    expect(go).toHaveProperty('disabled', true);
    await user.clear(field);
    await user.type(field, '99999999999');
    expect(within(dialog).getByText('At most 1,000,000,000 steps.')).toBeDefined();
    expect(go).toHaveProperty('disabled', true);
    await user.clear(field);
    await user.type(field, '2500');
    await user.click(go);
    expect(core.calls).toContainEqual({
      method: 'training.resume',
      input: { runId: 'finished', maxSteps: 2_500 },
    });
  });

  it('is exported from the checkpoint that was chosen', async () => {
    const { core, user } = await openTraining('/run/finished/checkpoints');
    const table = await screen.findByRole('table', { name: 'Checkpoints' });
    expect(within(table).getByRole('row', { name: /step-001500 best/ })).toBeDefined();
    await user.click(within(table).getByRole('button', { name: 'Export step-001000' }));
    const dialog = screen.getByRole('dialog', { name: 'Export to GGUF' });
    await user.click(within(dialog).getByRole('checkbox', { name: /^Q4_K_M/ }));
    await user.click(within(dialog).getByRole('button', { name: 'Export' }));
    expect(core.calls).toContainEqual({
      method: 'training.export',
      input: { runId: 'finished', types: ['Q4_K_M', 'Q8_0'], checkpoint: 'step-001000' },
    });
  });

  it('says why its export failed, and offers it again', async () => {
    const failed: Job = {
      ...{ id: 'export-1', kind: 'training-export', title: 'Exporting finished', subjectId: 'finished' },
      ...{ state: 'failed', createdAt: '2026-07-01T10:00:00Z', attempt: 1, canResume: true },
      ...{ keepsWork: false, error: { code: 'DISK_FULL', message: 'The export failed: the disk is full.' } },
    };
    await openTraining('/run/finished', { methods: createFakeJobs([failed]) });
    const panel = await screen.findByRole('region', { name: 'From this run to the model in use' });
    expect((await within(panel).findByRole('alert')).textContent).toContain('the disk is full');
    expect(within(panel).getByRole('link', { name: 'Open its job' }).getAttribute('href')).toContain(
      'export-1',
    );
  });

  it('shows the export that makes files of it, and not that of another run', async () => {
    const exporting = (subjectId: string): Job => ({
      ...{ id: `export-${subjectId}`, kind: 'training-export', title: `Exporting ${subjectId}` },
      ...{ state: 'running', createdAt: '2026-07-01T10:00:00Z', attempt: 1, subjectId },
      ...{ progress: { done: 1, total: 3, note: 'converting to GGUF' }, canResume: false, keepsWork: false },
    });
    const jobs = [exporting('stopped'), exporting('finished')];
    await openTraining('/run/finished', { methods: createFakeJobs(jobs) });
    const panel = await screen.findByRole('region', { name: 'From this run to the model in use' });
    expect(
      await within(panel).findByRole('progressbar', { name: 'Progress of Exporting finished' }),
    ).toBeDefined();
    expect(screen.queryByRole('progressbar', { name: 'Progress of Exporting stopped' })).toBeNull();
  });

  it('is removed after asking, and the list comes back', async () => {
    const { user } = await openTraining('/run/stopped');
    await user.click(await screen.findByRole('button', { name: 'More' }));
    await user.click(screen.getByRole('menuitem', { name: 'Remove the run…' }));
    const dialog = screen.getByRole('dialog', { name: 'Remove this run?' });
    expect(dialog.textContent).toContain('/home/ada/runs/stopped');
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    const table = await screen.findByRole('table', { name: 'Runs' });
    expect(within(table).queryByRole('link', { name: 'Stopped at noon' })).toBeNull();
  });

  it('lists what happened, warnings alone where asked', async () => {
    const { user } = await openTraining('/run/running/events');
    expect(await screen.findByText('step-001500 is saved, the best so far.')).toBeDefined();
    await user.click(screen.getByRole('switch', { name: 'Warnings only' }));
    expect(screen.queryByText('step-001500 is saved, the best so far.')).toBeNull();
    expect(screen.getByText(/each takes a little longer/)).toBeDefined();
  });

  it('has a log that is searched', async () => {
    const { user } = await openTraining('/run/running/log');
    expect(await screen.findByText('420 lines')).toBeDefined();
    await user.type(await screen.findByRole('searchbox', { name: 'Find in the log' }), 'clipped');
    expect(await screen.findByText('7 found')).toBeDefined();
    await user.keyboard('{Shift>}{Enter}{/Shift}');
    expect(screen.getByText('7 of 7')).toBeDefined();
    expect(screen.getByRole('switch', { name: 'Follow' }).getAttribute('aria-checked')).toBe('false');
  });

  it('that is gone says so and leads back', async () => {
    const { user } = await openTraining('/run/nowhere');
    expect(await screen.findByText('There is no such run in the runs folder.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'All runs' }));
    expect(await screen.findByRole('table', { name: 'Runs' })).toBeDefined();
  });

  it('of a long name and without a draft is shown all the same', async () => {
    const name = 'a-very-long-name-'.repeat(8);
    const { draft: _, ...run } = makeTrainingRun({ id: 'long', name });
    await openTraining('/run/long/setup', { control: { runs: [run] } });
    expect(await screen.findByRole('heading', { level: 1, name })).toBeDefined();
    expect(screen.getByText(/started outside the app/)).toBeDefined();
  });
});

it('points that are told anew replace what was there', () => {
  const curves = createRunCurves();
  curves.takeSteps(makeStepPoints(100), 1);
  const again: StepPoints = makeStepPoints(20, 81);
  again.loss = again.step.map(() => 7);
  curves.takeSteps(again, 81);
  expect(curves.steps.step.values()).toHaveLength(100);
  expect(curves.steps.loss.values()[80]).toBe(7);
  expect(curves.steps.loss.values()[79]).not.toBe(7);
  expect(curves.steps.smoothedLoss.values()).toHaveLength(100);
  curves.takeEvaluations(
    { step: [50], validationLoss: [0.2], tokenAccuracy: [0.9], executionAccuracy: [null] },
    50,
  );
  expect([...curves.evaluations.elapsedSeconds.values()]).toEqual([375]);
});
