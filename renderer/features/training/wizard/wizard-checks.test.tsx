import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../core/contract/index.ts';
import type { FakeOptions } from '../../../testing/fake-core.ts';
import { fakeDoctor, fakeFailedDoctor, fakeMachine } from '../../../testing/fake-training-data.ts';
import { openApp } from '../../../testing/open-app.tsx';
import { forgetChecks } from './checks.ts';

beforeEach(forgetChecks);

function goTo(step: string): void {
  act(() => {
    window.location.hash = `#/training/new/${step}`;
  });
}

async function openWizard(step: string, options: FakeOptions = {}) {
  const opened = await openApp(options);
  goTo(step);
  await screen.findByRole('heading', { level: 1, name: 'New training run' });
  await waitFor(() => expect(screen.queryByText('Loading…')).toBeNull());
  return opened;
}

type Opened = Awaited<ReturnType<typeof openApp>>;
const inputsOf = ({ core }: Opened, method: string) =>
  core.calls.filter((call) => call.method === method).map(({ input }) => input);

describe('the doctor', () => {
  it('shows each check and the mask with learned tokens marked in words', async () => {
    await openWizard('doctor');
    expect(await screen.findByText('Only the answer is learned')).toBeDefined();
    expect(screen.getByText(/3 of 6 tokens are learned\./)).toBeDefined();
    const learned = document.querySelector('mark');
    expect(learned?.textContent).toBe('learned: SELECT 1</s> end of what is learned ');
  });

  it('names the trainer’s options as the recipe does', async () => {
    const check = {
      id: 'x',
      status: 'warning',
      title: 'Steps',
      detail: '2',
      hint: 'Lower train.packs_per_step or data.no_such.',
    } as const;
    await openWizard('doctor', {
      methods: { 'training.doctor': async () => ({ ...fakeDoctor, status: 'warning', checks: [check] }) },
    });
    expect(await screen.findByText('Lower “Packs a step” or data.no_such.')).toBeDefined();
  });

  it('blocks the start where it failed; to start anyway is a second act', async () => {
    const opened = await openWizard('doctor', {
      methods: { 'training.doctor': async () => fakeFailedDoctor },
    });
    const { user } = opened;
    expect(await screen.findByText('This run would be wasted')).toBeDefined();
    goTo('start');
    expect(await screen.findByText('The doctor found failures')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Start the run' })).toBeNull();
    await user.click(await screen.findByRole('button', { name: 'Start anyway…' }));
    expect(inputsOf(opened, 'training.start')).toEqual([]);
    const dialog = screen.getByRole('dialog', { name: 'Start although the doctor found failures?' });
    await user.click(within(dialog).getByRole('button', { name: 'Start anyway' }));
    await waitFor(() =>
      expect(inputsOf(opened, 'training.start')).toEqual([expect.objectContaining({ ignoreDoctor: true })]),
    );
  });

  it('marks the step in which what it found is mended, and leads there', async () => {
    const { user } = await openWizard('doctor', {
      methods: { 'training.doctor': async () => fakeFailedDoctor },
    });
    const steps = screen.getByRole('navigation', { name: 'Steps' });
    const data = await within(steps).findByRole('link', { name: /^1\. Data.*, failed$/ });
    expect(within(steps).getByRole('link', { name: /^2\. Base model.*, ready$/ })).toBeDefined();
    await user.click(screen.getByRole('link', { name: 'To “Data”' }));
    expect(data.getAttribute('aria-current')).toBe('step');
  });

  it('marks the step whose choice kept it from running, until that is another one', async () => {
    const error = new AppError('MODEL_MISSING', 'There is no transformers model at /models/none.');
    const { user } = await openWizard('doctor', {
      methods: { 'training.doctor': () => Promise.reject(error) },
    });
    const steps = screen.getByRole('navigation', { name: 'Steps' });
    await within(steps).findByRole('link', { name: /^2\. Base model.*, failed$/ });
    goTo('recipe');
    await user.click(await screen.findByRole('checkbox', { name: /^F16/ }));
    expect(await within(steps).findByRole('link', { name: /^2\. Base model.*, ready$/ })).toBeDefined();
  });

  it('is stopped, and is asked again for another draft only', async () => {
    let asked = 0;
    const opened = await openWizard('doctor', {
      methods: {
        'training.doctor': (_, options) => {
          asked += 1;
          if (asked > 1) return Promise.resolve(fakeDoctor);
          return new Promise((_resolve, reject) => {
            options?.signal?.addEventListener('abort', () =>
              reject(new AppError('CANCELLED', 'The request was cancelled.')),
            );
          });
        },
      },
    });
    await opened.user.click(await screen.findByRole('button', { name: 'Stop' }));
    expect(await screen.findByText('The doctor was stopped')).toBeDefined();
    goTo('recipe');
    await opened.user.click(await screen.findByRole('checkbox', { name: /^F16/ }));
    goTo('doctor');
    expect(await screen.findByText('Nothing speaks against this run')).toBeDefined();
    goTo('start');
    await screen.findByRole('button', { name: 'Start the run' });
    goTo('doctor');
    await screen.findByText('Nothing speaks against this run');
    expect(asked).toBe(2);
  });

  it('looks with the Python typed for this machine where it trains elsewhere', async () => {
    const opened = await openWizard('where');
    const { user } = opened;
    await user.type(await screen.findByRole('textbox', { name: 'A Python of your own' }), '/opt/python');
    await user.click(screen.getByRole('radio', { name: 'Google Colab' }));
    await user.type(screen.getByRole('textbox', { name: 'Google Cloud project id' }), 'my-project-1');
    await user.type(screen.getByRole('textbox', { name: 'Bucket' }), 'my-runs');
    goTo('doctor');
    await screen.findByText('Nothing speaks against this run');
    expect(inputsOf(opened, 'training.doctor')).toEqual([expect.objectContaining({ python: '/opt/python' })]);
    goTo('estimate');
    await screen.findByRole('region', { name: 'Where it will run' });
    expect(inputsOf(opened, 'training.estimate')).toEqual([
      expect.objectContaining({ python: '/opt/python' }),
    ]);
  });

  it('says why it cannot run, and offers the environment on the spot', async () => {
    const opened = await openWizard('doctor', {
      methods: {
        'training.machine': async () => ({ ...fakeMachine, environmentReady: false }),
        'training.doctor': async () => {
          throw new AppError('PYTHON_MISSING', 'The environment is not made yet.', {
            hint: 'Make it first.',
          });
        },
      },
    });
    expect(await screen.findByText('The environment is not made yet.')).toBeDefined();
    await opened.user.click(await screen.findByRole('button', { name: 'Make the environment' }));
    expect(inputsOf(opened, 'training.prepareEnvironment')).toEqual([{}]);
  });
});

describe('the estimate', () => {
  it('is assumed until it is measured, and compares hardware', async () => {
    const opened = await openWizard('estimate');
    const chosen = await screen.findByRole('region', { name: 'Where it will run' });
    expect(within(chosen).getByText('assumed')).toBeDefined();
    expect(within(chosen).getByText('24 min')).toBeDefined();
    const row = screen.getByRole('row', { name: /^Colab, A100/ });
    expect(within(row).getByText('$0.06')).toBeDefined();
    expect(within(row).getByText('$0.30')).toBeDefined();
    await opened.user.click(screen.getByRole('button', { name: 'Measure on this machine' }));
    expect(
      await within(await screen.findByRole('region', { name: 'Where it will run' })).findByText('measured'),
    ).toBeDefined();
    expect(inputsOf(opened, 'training.estimate')).toHaveLength(2);
  });

  it('lets prices be edited: a changed one is as of today and counts as checked', async () => {
    const opened = await openWizard('estimate');
    const { user } = opened;
    await user.click(await screen.findByRole('button', { name: 'Edit prices…' }));
    const price = screen.getByRole('textbox', { name: 'An hour, line 1' });
    await user.clear(price);
    await user.click(screen.getByRole('button', { name: 'Save the prices' }));
    expect(screen.getByText(/^Marked fields are not in order/)).toBeDefined();
    await user.type(price, '1.5');
    await user.click(screen.getByRole('button', { name: 'Save the prices' }));
    await waitFor(() => expect(inputsOf(opened, 'training.setPrices')).toHaveLength(1));
    const [saved] = inputsOf(opened, 'training.setPrices') as {
      hardware: { perHour: number; asOf: string; source: string }[];
    }[];
    expect(saved?.hardware[0]).toMatchObject({ perHour: 1.5 });
    expect(saved?.hardware[0]?.asOf).not.toBe('2026-04-20');
    expect(saved?.hardware[0]?.source).not.toContain('must be checked');
    expect(saved?.hardware[1]?.asOf).toBe('2026-04-20');
  });
});
