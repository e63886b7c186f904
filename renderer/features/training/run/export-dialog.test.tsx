import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { makeTrainingRun } from '../../../testing/fake-training-runs.ts';
import { ExportDialog } from './export-dialog.tsx';
import type { RunVerbs } from './use-run-verbs.ts';

afterEach(cleanup);

it.each([
  ['qlora', /^The adapter is merged/],
  ['full', /^The trained model is written/],
] as const)('speaks of an adapter only where one was trained: %s', (method, said) => {
  const { started } = makeTrainingRun({ id: 'a' });
  if (!started) throw new Error('It has started.');
  const run = makeTrainingRun({ id: 'a', started: { ...started, method } });
  render(<ExportDialog run={run} verbs={{} as RunVerbs} checkpoint={undefined} onClose={() => undefined} />);
  expect(screen.getByText(said)).toBeDefined();
});
