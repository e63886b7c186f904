import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNotTrain } from '../../core/app/training/testing/tiny-run.ts';
import { runKillTraining } from './kill-training.ts';

const reason = whyNotTrain();
if (reason !== undefined) console.warn(`No training is killed: ${reason}.`);

describe.skipIf(reason !== undefined)('training through the app', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-kill-training-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('killed three times, loses no event and makes the adapter of an undisturbed run', async () => {
    const lines: string[] = [];
    const report = (line: string) => void lines.push(line);
    const result = await runKillTraining({ folder, rounds: 3, steps: 15, seed: 5, report });
    expect(result.problems, lines.join('\n')).toEqual([]);
    expect(Object.values(result.kills).reduce((sum, count) => sum + count)).toBe(3);
    expect(result.kills.app).toBeLessThan(3);
    expect(result.starts).toBeGreaterThan(1);
  }, 300_000);
});
