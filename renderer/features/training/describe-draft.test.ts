import { expect, it } from 'vitest';
import { makeTrainingRun } from '../../testing/fake-training-runs.ts';
import { describeStart } from './describe-draft.ts';

it.each([
  [4_196_608, 4_196_608, '4,196,608 (100 %)'],
  [41_943_040, 7_289_000_000, '41,943,040 (0.58 %)'],
  [123, 1_000, '123 (12 %)'],
])('says what share of the parameters is trained: %d of %d', (trained, all, said) => {
  const { started } = makeTrainingRun({ id: 'a' });
  if (!started) throw new Error('It has started.');
  const facts = describeStart({ ...started, trainable_parameters: trained, parameters: all });
  expect(facts.find(({ name }) => name === 'Of these trained')?.value).toBe(said);
});
