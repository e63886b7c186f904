import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trainingDraftSchema } from '../contract/index.ts';
import { createTaskFileHandlers } from './task-files.ts';

const trainerDir = join(import.meta.dirname, '../../training');
const draft = trainingDraftSchema.parse({
  name: 'On Colab',
  data: { sources: [{ kind: 'spider' }] },
  base: { kind: 'hub', id: 'mistralai/Mistral-7B-v0.3' },
  recipe: { preset: 'x', method: 'qlora' },
  target: { kind: 'colab', projectId: 'my-project', bucketName: 'my-bucket', prefix: 'runs' },
});
const { signal } = new AbortController();

describe('task files', () => {
  it('a run has its notebook, with project and bucket filled in', async () => {
    const handlers = createTaskFileHandlers({ trainerDir });
    const file = await handlers['training.taskFile']({ draft, kind: 'colab', runId: 'on-colab' }, { signal });
    expect(file).toMatchObject({ fileName: 'on-colab.ipynb', mediaType: 'application/x-ipynb+json' });
    const { cells } = JSON.parse(file.text) as { cells: { id: string; source: string[] }[] };
    const settings = cells.find(({ id }) => id === 'settings')?.source.join('');
    for (const line of [
      'PROJECT_ID = "my-project"',
      'BUCKET_NAME = "my-bucket"',
      'PREFIX = "runs"',
      'RUN_ID = "on-colab"',
      'REQUIREMENTS = "requirements-qlora.lock"',
    ]) {
      expect(settings).toContain(line);
    }
  });

  it('other kinds are written by who knows them, or refused', async () => {
    const slurm = { fileName: 'train.sbatch', mediaType: 'text/plain', text: '#!/bin/bash' };
    const handlers = createTaskFileHandlers({ trainerDir, writers: { slurm: () => slurm } });
    expect(await handlers['training.taskFile']({ draft, kind: 'slurm' }, { signal })).toEqual(slurm);
    await expect(
      handlers['training.taskFile']({ draft, kind: 'skypilot' }, { signal }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
