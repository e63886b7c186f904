import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError, trainingDraftSchema, type Job } from '../../../../core/contract/index.ts';
import { requestTraining } from '../../../lib/training-request.ts';
import type { FakeOptions } from '../../../testing/fake-core.ts';
import { createFakeJobs } from '../../../testing/fake-jobs.ts';
import { fakeMachine, fakePlan, fakeSources } from '../../../testing/fake-training-data.ts';
import { openApp } from '../../../testing/open-app.tsx';
import { forgetChecks } from './checks.ts';
import { emptyForm } from './form.ts';

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
const stepLink = (name: RegExp) =>
  within(screen.getByRole('navigation', { name: 'Steps' })).getByRole('link', { name });

describe('the way from data to start', () => {
  it('is filled in: from the first step to a run without a choice', async () => {
    const opened = await openWizard('data', {
      methods: { 'training.start': async () => ({ runId: 'run-7', jobId: 'job-7' }) },
    });
    const { user } = opened;
    for (const next of ['Base model', 'Method and recipe', 'Where', 'Doctor']) {
      await user.click(screen.getByRole('button', { name: `Next: ${next}` }));
      await screen.findByRole('heading', { level: 2, name: next });
    }
    expect(await screen.findByText('Nothing speaks against this run')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Next: Estimate' }));
    expect(await screen.findByRole('region', { name: 'Where it will run' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Next: Start' }));
    await user.click(await screen.findByRole('button', { name: 'Start the run' }));
    await waitFor(() => expect(window.location.hash).toBe('#/training/run/run-7'));
    expect(inputsOf(opened, 'training.start')).toEqual([
      {
        draft: expect.objectContaining({
          name: 'ecommerce (demo), The starter model',
          base: { kind: 'starter' },
          target: { kind: 'local' },
        }),
        ignoreDoctor: false,
      },
    ]);
  });

  it('keeps what was typed while one looks elsewhere', async () => {
    const { user } = await openWizard('data');
    const weight = () => screen.findByRole('textbox', { name: 'Weight: ecommerce (demo)' });
    await user.clear(await weight());
    await user.type(await weight(), 'two');
    expect(screen.getByText('A weight is a number from 0.01 to 100.')).toBeDefined();
    act(() => {
      window.location.hash = '#/jobs';
    });
    await screen.findByRole('heading', { level: 1, name: 'Jobs' });
    goTo('data');
    expect(await weight()).toHaveProperty('value', 'two');
    expect(stepLink(/^1\. Data.*something is missing$/)).toBeDefined();
  });

  it('says why something cannot be read, and reads it again', async () => {
    let fails = true;
    const { user } = await openWizard('base', {
      methods: {
        'training.bases': async () => {
          if (!fails) return [];
          throw new AppError('PERMISSION_DENIED', 'models cannot be read.');
        },
      },
    });
    expect(await screen.findByText('models cannot be read.')).toBeDefined();
    fails = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByText('models cannot be read.')).toBeNull());
  });

  it('opens a copy of a run, and brings back what was typed before', async () => {
    const { user } = await openWizard('start');
    const name = await screen.findByRole('textbox', { name: 'Name of the run' });
    await user.clear(name);
    await user.type(name, 'Mine');
    act(() =>
      requestTraining({
        draft: { name: 'Theirs 2', base: { kind: 'scratch' } },
        copiedFrom: 'Theirs',
        step: 'start',
      }),
    );
    expect(await screen.findByText('A copy of Theirs')).toBeDefined();
    expect(screen.getByRole('textbox', { name: 'Name of the run' })).toHaveProperty('value', 'Theirs 2');
    expect(stepLink(/Base model.*A new small model/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Bring back what I had typed' }));
    expect(screen.getByRole('textbox', { name: 'Name of the run' })).toHaveProperty('value', 'Mine');
    expect(screen.queryByText('A copy of Theirs')).toBeNull();
  });
});

describe('data', () => {
  it('says what is learned, held back by chance, and left out and why', async () => {
    const { user } = await openWizard('data');
    const counts = await screen.findByRole('region', { name: 'What becomes of these examples' });
    expect(await within(counts).findByText(/38 to learn, 4 held back, 1 left out$/)).toBeDefined();
    expect(within(counts).getByText(/with a chance of 10 %/)).toBeDefined();
    await user.click(within(counts).getByText('The one left out, and why'));
    const list = within(counts).getByRole('list', { name: 'Left out of ecommerce (demo)' });
    expect(list.textContent).toBe('How many orders are there? – it is asked in an evaluation');
  });

  it('mixes sources by weight, and says how much of an epoch each is', async () => {
    const { user } = await openWizard('data');
    await user.click(await screen.findByRole('button', { name: 'Add Spider beside them' }));
    const own = screen.getByRole('textbox', { name: 'Weight: ecommerce (demo)' });
    await user.clear(own);
    await user.type(own, '50');
    // 42 × 50 of 8,628 + 2,100.
    expect(screen.getByText('20 % of an epoch')).toBeDefined();
    await user.click(screen.getByRole('checkbox', { name: 'ecommerce (demo)' }));
    expect(screen.getByText('100 % of an epoch')).toBeDefined();
  });

  it('leads to Dataset and Ask where there is nothing to learn from', async () => {
    const [spider] = fakeSources;
    if (!spider) throw new Error('The fake core has Spider.');
    const missing = { code: 'DATASET_MISSING' as const, message: 'No dataset was built.' };
    await openWizard('data', {
      methods: { 'training.sources': async () => [{ ...spider, examples: 0, missing }] },
    });
    expect(await screen.findByText('No dataset was built.')).toBeDefined();
    expect(screen.getByRole('link', { name: 'Build the dataset' }).getAttribute('href')).toBe(
      '#/dataset/pipeline',
    );
    expect(screen.getByRole('link', { name: 'Ask and save examples' }).getAttribute('href')).toBe('#/ask');
    expect(screen.getByText('Choose at least one source of examples.')).toBeDefined();
  });
});

describe('base model and recipe', () => {
  it('looks a hub id up only when asked, with its size and licence', async () => {
    const opened = await openWizard('base', {
      methods: {
        'models.hub': async ({ id }) => ({
          id,
          revision: 'abcdef0123456789',
          licence: 'mit',
          gated: false,
          ggufFiles: [],
          folder: { files: 7, sizeBytes: 3 * 1_024 ** 3, architecture: 'qwen2', here: false },
        }),
      },
    });
    const { user } = opened;
    await user.click(screen.getByRole('radio', { name: 'Another model of the Hugging Face hub' }));
    await user.type(screen.getByRole('textbox', { name: 'Id of the model' }), 'someone/small');
    expect(inputsOf(opened, 'models.hub')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Look it up' }));
    expect(await screen.findByText(/7 files, 3\.00 GiB · licence mit/)).toBeDefined();
    expect(inputsOf(opened, 'models.hub')).toEqual([{ id: 'someone/small' }]);
  });

  it('changes single values, shows what differs, and refuses what is no value', async () => {
    const { user } = await openWizard('recipe');
    await user.click(await screen.findByText('Change values'));
    const epochs = screen.getByRole('textbox', { name: /^Epochs/ });
    await user.clear(epochs);
    await user.type(epochs, '4');
    expect(await screen.findByText('Preset: 2')).toBeDefined();
    expect(stepLink(/Method and recipe.*1 change/)).toBeDefined();
    await user.type(epochs, 'x');
    expect(screen.getByText('This is no number that it can be.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Epochs: as the preset' }));
    expect(epochs).toHaveProperty('value', '2');
    expect(stepLink(/Method and recipe.*ready$/)).toBeDefined();
  });
});

describe('where', () => {
  const withoutEnvironment = {
    'training.machine': async () => ({ ...fakeMachine, environmentReady: false }),
  };

  it('makes the environment', async () => {
    const opened = await openWizard('where', { methods: withoutEnvironment });
    await opened.user.click(await screen.findByRole('button', { name: 'Make the environment' }));
    expect(inputsOf(opened, 'training.prepareEnvironment')).toEqual([{}]);
  });

  it('shows how far the environment is, whoever began it', async () => {
    const job: Job = {
      id: 'environment-1',
      kind: 'training-environment',
      title: 'Environment for training',
      state: 'running',
      createdAt: '2026-05-01T10:00:00.000Z',
      attempt: 1,
      progress: { done: 12, total: 40, note: 'torch' },
      canResume: false,
      keepsWork: true,
    };
    await openWizard('where', { methods: { ...withoutEnvironment, ...createFakeJobs([job]) } });
    const bar = await screen.findByRole('progressbar', { name: /Environment for training/ });
    expect(bar.getAttribute('aria-valuenow')).toBe('30');
    expect(screen.queryByRole('button', { name: 'Make the environment' })).toBeNull();
  });

  it.each(['Google Colab', 'A machine over SSH'])(
    'makes this machine’s environment where it trains elsewhere: %s',
    async (place) => {
      const opened = await openWizard('where', { methods: withoutEnvironment });
      await opened.user.click(await screen.findByRole('radio', { name: place }));
      expect(screen.getByText(/The run trains elsewhere, but the doctor/)).toBeDefined();
      await opened.user.click(screen.getByRole('button', { name: 'Make the environment' }));
      expect(inputsOf(opened, 'training.prepareEnvironment')).toEqual([{}]);
    },
  );

  async function addHost(opened: Opened, host: string): Promise<void> {
    const { user } = opened;
    await user.click(await screen.findByRole('radio', { name: 'A machine over SSH' }));
    await user.click(screen.getByRole('button', { name: 'Add a host' }));
    await user.type(screen.getByRole('textbox', { name: 'Host' }), host);
    await user.type(screen.getByRole('textbox', { name: 'User' }), 'ada');
    const form = screen.getByRole('form', { name: 'Add an SSH host' });
    await user.click(within(form).getByRole('button', { name: 'Test' }));
  }

  it('keeps an unknown key only after its fingerprint was agreed to', async () => {
    const opened = await openWizard('where');
    await addHost(opened, 'new.example');
    expect(await screen.findByText(/SHA256:1Zr0bQ6m1nT5u3kq9dYwq2v8m0Xl4sPz7cJ/)).toBeDefined();
    expect(inputsOf(opened, 'training.trustHost')).toEqual([]);
    await opened.user.click(screen.getByRole('button', { name: 'It is the same: keep this key' }));
    expect(await screen.findByText(/new\.example answers in 12 ms/)).toBeDefined();
    expect(inputsOf(opened, 'training.trustHost')).toHaveLength(1);
    await opened.user.click(screen.getByRole('button', { name: 'Save the host' }));
    expect(await screen.findByRole('radio', { name: 'new.example' })).toHaveProperty('checked', true);
  });

  it('refuses a changed key: there is nothing to agree to', async () => {
    const opened = await openWizard('where');
    await addHost(opened, 'changed.example');
    const alert = await screen.findByText('changed.example shows another key than before: refused');
    expect(alert.closest('[role="alert"]')?.textContent).toContain('Kept: SHA256:Zk3xq9Qm');
    expect(screen.queryByRole('button', { name: /keep this key/ })).toBeNull();
  });

  it('keeps what is typed of a host, but no secret', async () => {
    const opened = await openWizard('where');
    const { user } = opened;
    await addHost(opened, 'down.example');
    expect(await screen.findByText('down.example does not answer on port 22.')).toBeDefined();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Sign in with' }), 'a password');
    await user.type(screen.getByLabelText('Password'), 'hunter2');
    goTo('data');
    await screen.findByRole('heading', { level: 2, name: 'Data' });
    goTo('where');
    expect(await screen.findByRole('textbox', { name: 'Host' })).toHaveProperty('value', 'down.example');
    expect(screen.getByLabelText('Password')).toHaveProperty('value', '');
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toContain('hunter2');
  });

  it('asks for the names that the Colab notebook needs', async () => {
    const { user } = await openWizard('where');
    await user.click(await screen.findByRole('radio', { name: 'Google Colab' }));
    expect(screen.getByText(/^Give the Google Cloud project’s id/)).toBeDefined();
    await user.type(screen.getByRole('textbox', { name: 'Google Cloud project id' }), 'my-project-1');
    await user.type(screen.getByRole('textbox', { name: 'Bucket' }), 'my-runs');
    expect(screen.queryByText(/^Give the/)).toBeNull();
    expect(stepLink(/Where.*Colab, my-runs.*ready$/)).toBeDefined();
  });

  it('takes the key file that the app reaches the bucket with', async () => {
    const opened = await openWizard('where');
    const { user } = opened;
    await user.click(await screen.findByRole('radio', { name: 'Google Colab' }));
    await user.type(screen.getByRole('textbox', { name: 'Google Cloud project id' }), 'my-project-1');
    await user.type(screen.getByRole('textbox', { name: 'Bucket' }), 'my-runs');
    await user.type(
      screen.getByRole('textbox', { name: 'Key file of a service account (optional)' }),
      '/home/ada/key.json',
    );
    goTo('start');
    await screen.findByRole('button', { name: 'Save: Colab notebook' });
    await waitFor(() =>
      expect(inputsOf(opened, 'training.plan').at(-1)).toMatchObject({
        draft: { target: { kind: 'colab', keyPath: '/home/ada/key.json' } },
      }),
    );
  });

  it('keeps a form that was typed before there were key files', async () => {
    const { keyPath: _, ...before } = { ...emptyForm, place: 'colab', bucketName: 'older-bucket' };
    sessionStorage.setItem('sqlcodegen.training-wizard', JSON.stringify({ form: before }));
    await openWizard('where');
    expect(await screen.findByRole('textbox', { name: 'Bucket' })).toHaveProperty('value', 'older-bucket');
  });
});

describe('a path that leads nowhere', () => {
  it('takes the tick from its step', async () => {
    const problems = ['There is no file /nowhere.jsonl. Choose the file again.'];
    const { user } = await openWizard('data', {
      methods: {
        'training.plan': async ({ draft }) => ({
          ...fakePlan,
          problems: JSON.stringify(draft).includes('/nowhere.jsonl') ? problems : [],
        }),
      },
    });
    const steps = screen.getByRole('navigation', { name: 'Steps' });
    await user.click(await screen.findByRole('button', { name: 'Add a file' }));
    await user.type(screen.getByRole('textbox', { name: 'Path of file 1' }), '/nowhere.jsonl');
    const missing = { name: /^1\. Data.*, something is missing$/ };
    expect(await within(steps).findByRole('link', missing)).toBeDefined();
    // Another draft, which nobody has planned yet.
    goTo('recipe');
    await user.click(await screen.findByRole('checkbox', { name: /^F16/ }));
    expect(within(steps).getByRole('link', missing)).toBeDefined();
    goTo('data');
    await user.type(await screen.findByRole('textbox', { name: 'Path of file 1' }), '{Backspace>6/}.json');
    expect(await screen.findByText(/38 to learn/)).toBeDefined();
    expect(within(steps).getByRole('link', { name: /^1\. Data.*, ready$/ })).toBeDefined();
  });
});

describe('the start', () => {
  it('shows the recipe, and the plan’s problems keep it from being started', async () => {
    await openWizard('doctor', {
      methods: { 'training.plan': async () => ({ ...fakePlan, problems: ['The base is not downloaded.'] }) },
    });
    await screen.findByText('Nothing speaks against this run');
    goTo('start');
    expect(await screen.findByText('The base is not downloaded.')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Start the run' })).toHaveProperty('disabled', true);
    expect(screen.getByText(/method: full/)).toBeDefined();
  });

  it('saves the draft as the command line takes it', async () => {
    const saved: Blob[] = [];
    URL.createObjectURL = (blob) => `blob:${saved.push(blob as Blob)}`;
    URL.revokeObjectURL = () => undefined;
    const { user } = await openWizard('start');
    await user.click(await screen.findByRole('button', { name: 'Save: Draft for the command line' }));
    expect(await screen.findByText('ecommerce-demo-the-starter-model.json saved')).toBeDefined();
    const draft = trainingDraftSchema.parse(JSON.parse((await saved[0]?.text()) ?? ''));
    expect(draft).toMatchObject({ base: { kind: 'starter' }, target: { kind: 'local' } });
  });

  it.each([
    ['torchrun script', 'torchrun'],
    ['Slurm script', 'slurm'],
    ['SkyPilot task', 'skypilot'],
  ])('prepares a folder for several machines, and says what to do with it: %s', async (name, kind) => {
    const opened = await openWizard('start');
    const { user } = opened;
    await user.click(await screen.findByRole('button', { name: `Prepare a folder: ${name}` }));
    const prepared = await screen.findByRole('region', { name: `Prepared: ${name}` });
    expect(within(prepared).getByText(/training-folders\/shop-orders$/)).toBeDefined();
    expect(inputsOf(opened, 'training.prepareFolder')).toEqual([
      { draft: expect.objectContaining({ name: 'ecommerce (demo), The starter model' }), kind },
    ]);
    const [first] = within(prepared).getAllByRole('button', { name: /^Copy the command of step/ });
    if (first) await user.click(first);
    expect(await navigator.clipboard.readText()).toMatch(/^(rsync|ssh|sky) /);
    // Another name gives another folder: what is shown is of the draft before.
    await user.type(screen.getByRole('textbox', { name: 'Name of the run' }), ' 2');
    expect(await within(prepared).findByText(/The draft has changed since/)).toBeDefined();
  });

  it('says why a folder could not be prepared, and tries it again', async () => {
    let tries = 0;
    const opened = await openWizard('start', {
      methods: {
        'training.prepareFolder': async () => {
          tries += 1;
          throw new AppError('DISK_FULL', 'No room is left on /data.', { hint: 'Free some space.' });
        },
      },
    });
    const { user } = opened;
    await user.click(await screen.findByRole('button', { name: 'Prepare a folder: Slurm script' }));
    expect(await screen.findByText('No room is left on /data.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(tries).toBe(2));
  });

  it('keeps the draft where the start fails', async () => {
    const opened = await openWizard('start', {
      methods: {
        'training.start': async () => {
          throw new AppError('DISK_FULL', 'No room is left on /data.');
        },
      },
    });
    const { user } = opened;
    await user.click(await screen.findByRole('button', { name: 'Start without the doctor…' }));
    await user.click(screen.getByRole('button', { name: 'Start anyway' }));
    expect(await screen.findByText('No room is left on /data.')).toBeDefined();
    expect(screen.getByRole('textbox', { name: 'Name of the run' })).toHaveProperty(
      'value',
      'ecommerce (demo), The starter model',
    );
  });
});
