import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNotTrain } from '../../core/app/training/testing/tiny-run.ts';
import { findSshd, startSshd, type TestSshd } from '../../core/training/launchers/ssh/testing/start-sshd.ts';
import { runKillTraining } from './kill-training.ts';

const reason = whyNotTrain();
if (reason !== undefined) console.warn(`No training is killed: ${reason}.`);
const sshd = findSshd();
if (!sshd) console.warn('No connection is killed: `node build/scripts/ensure-sshd.ts` installs sshd.');

describe.skipIf(reason !== undefined)('training through the app', () => {
  let folder: string;
  let server: TestSshd | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-kill-training-'));
    server = sshd ? await startSshd(sshd) : undefined;
  });

  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  // Two kills of a run here and, where there is an sshd, two of a run over SSH, the first of its connection.
  it('killed a few times, loses no event and makes the adapter of an undisturbed run', async () => {
    const lines: string[] = [];
    const report = (line: string) => void lines.push(line);
    const rounds = server ? 4 : 2;
    const result = await runKillTraining({ folder, rounds, steps: 12, seed: 5, server, report });
    expect(result.problems, lines.join('\n')).toEqual([]);
    expect(Object.values(result.kills).reduce((sum, count) => sum + count)).toBe(rounds);
    expect(result.kills.connection).toBeGreaterThanOrEqual(server ? 1 : 0);
    expect(result.starts).toBeGreaterThan(1);
  }, 300_000);
});
