import { screen, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { createFakeTrainingControl } from '../../../testing/fake-training-control.ts';
import { makeTrainingRun } from '../../../testing/fake-training-runs.ts';
import { openApp } from '../../../testing/open-app.tsx';

beforeEach(() => {
  HTMLCanvasElement.prototype.getContext = () => null;
});

it('a cancel that its machine has not heard is said, and can be given up', async () => {
  const run = makeTrainingRun({
    ...{ id: 'far', name: 'Far away', state: 'unreachable', where: 'Lab A100', step: 12 },
    ...{ target: { kind: 'ssh', hostId: 'lab' }, cancelAskedAt: '2026-11-23T10:00:00.000Z' },
    error: {
      code: 'REMOTE_UNREACHABLE',
      message: 'The cancel has not reached it: lab.example:22 does not answer. It may still be training.',
      hint: 'It is told as soon as its machine answers.',
    },
    can: { cancel: true, resume: false, remove: false },
  });
  const { core, user } = await openApp({ methods: createFakeTrainingControl({ runs: [run] }) });
  window.location.hash = '#/training/run/far';
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Cancelled here; Lab A100 has not heard it yet');
  expect(alert.textContent).toContain('It may still be training.');
  await user.click(screen.getByRole('button', { name: 'Cancel…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Give the cancel up?' });
  expect(within(dialog).getByRole('button', { name: 'Keep trying' })).toBeDefined();
  expect(dialog.textContent).toContain('Lab A100 has not heard it yet, and is no longer told.');
  await user.click(within(dialog).getByRole('button', { name: 'Give up' }));
  expect(core.calls).toContainEqual({ method: 'training.cancel', input: { runId: 'far' } });
  expect(await screen.findByText('The cancel was given up')).toBeDefined();
});
