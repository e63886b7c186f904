import { screen } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { createFakeTrainingControl } from '../../../testing/fake-training-control.ts';
import { makeTrainingRun } from '../../../testing/fake-training-runs.ts';
import { openApp } from '../../../testing/open-app.tsx';

beforeEach(() => {
  HTMLCanvasElement.prototype.getContext = () => null;
});

it.each([
  [true, 'What it left on Lab A100 stays there'],
  [false, 'This cannot be undone.'],
])('removing a run elsewhere says what stays there (%s)', async (cleanUp, words) => {
  const run = makeTrainingRun({
    ...{ id: 'far', name: 'Far away', state: 'stopped', where: 'Lab A100', step: 12 },
    ...{ target: { kind: 'ssh', hostId: 'lab' }, can: { cleanUp, remove: true } },
  });
  const { user } = await openApp({ methods: createFakeTrainingControl({ runs: [run] }) });
  window.location.hash = '#/training/run/far';
  await user.click(await screen.findByRole('button', { name: 'More' }));
  await user.click(screen.getByRole('menuitem', { name: 'Remove the run…' }));
  const { textContent } = screen.getByRole('dialog', { name: 'Remove this run?' });
  expect(textContent).toContain(words);
  expect(textContent?.includes('stays there')).toBe(cleanUp);
});
