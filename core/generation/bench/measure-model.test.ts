import { expect, test } from 'vitest';
import { startRawLlama } from '../../models/index.ts';
import { measureModel } from './measure-model.ts';

const { signal } = new AbortController();
const report = () => undefined;

test('a model is measured beside the raw loop of the same library, and every figure is there', async () => {
  const measured = await measureModel({ rounds: 1, report, signal });
  for (const [name, value] of Object.entries(measured)) {
    if (typeof value === 'number') expect(value, name).toBeGreaterThan(0);
  }
  expect(measured.rounds).toBe(1);
  if (measured.device === 'cpu') expect(measured.rawTokensPerSecond).toBeGreaterThan(0);
}, 60_000);

test('without the raw loop its figures are not there', async () => {
  const measured = await measureModel({ rounds: 1, raw: false, report, signal });
  expect(measured).toMatchObject({ rawTokensPerSecond: null, generationOfRaw: null, promptOfRaw: null });
}, 60_000);

test('a file that is no model is refused by the raw loop, too', async () => {
  const options = { model: import.meta.filename, threads: 1, contextSize: 256, batchSize: 64 };
  await expect(startRawLlama(options)).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
});
