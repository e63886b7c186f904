import { describe, expect, it, vi } from 'vitest';
import { AppError, trainingDraftSchema, type TrainingRunInfo } from '../contract/index.ts';
import { createRunHandlers, type RunHandlersDeps } from './run-handlers.ts';
import type { Runs } from './runs/index.ts';

const context = { signal: new AbortController().signal };

function handlersWhileBusy(asked: string[]) {
  const note = (name: string) => async () => void asked.push(name);
  const runs: Partial<Runs> = {
    get: async () => ({ can: { fetch: true } }) as TrainingRunInfo,
    cleanUp: note('cleanUp'),
    remove: note('remove'),
    resume: async () => {
      asked.push('resume');
      return { jobId: '' };
    },
  };
  const deps: Partial<RunHandlersDeps> = {
    runs: runs as Runs,
    startFetch: () => ({ id: String(asked.push('fetch')) }),
    expectIdle: (runId, work) => {
      throw new AppError('CONFLICT', `${runId} ${work}`);
    },
  };
  return createRunHandlers(deps as RunHandlersDeps);
}

describe('a run on Colab', () => {
  it('is not begun while nobody is signed in to Google', async () => {
    vi.stubEnv('STORAGE_EMULATOR_HOST', undefined);
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nowhere/key.json');
    const draft = trainingDraftSchema.parse({
      ...{ name: 'On Colab', data: { sources: [{ kind: 'spider' }] }, base: { kind: 'scratch' } },
      recipe: { preset: 'smoke', method: 'scratch' },
      target: { kind: 'colab', projectId: 'p', bucketName: 'my-bucket', prefix: 'runs' },
    });
    // Neither plan nor runs are there: nothing else is asked.
    const { 'training.start': start } = createRunHandlers({} as RunHandlersDeps);
    const expected = { code: 'AUTH_FAILED', message: expect.stringContaining('/nowhere/key.json') };
    await expect(start({ draft, ignoreDoctor: true }, context)).rejects.toMatchObject(expected);
    vi.unstubAllEnvs();
  });
});

describe('while another job works on a run', () => {
  it.each(['fetch', 'resume', 'cleanUp', 'remove'] as const)(
    '%s is refused and does nothing',
    async (work) => {
      const asked: string[] = [];
      const handler = handlersWhileBusy(asked)[`training.${work}`];
      await expect(handler({ runId: 'mine' }, context)).rejects.toMatchObject({
        ...{ code: 'CONFLICT', message: `mine ${work}` },
      });
      expect(asked).toEqual([]);
    },
  );
});
