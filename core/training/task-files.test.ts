import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { trainingDraftSchema } from '../contract/index.ts';
import { createTaskFileHandlers, type TaskFileDeps } from './task-files.ts';

const trainerDir = join(import.meta.dirname, '../../training');
const draft = trainingDraftSchema.parse({
  name: 'On Colab',
  data: { sources: [{ kind: 'spider' }] },
  base: { kind: 'hub', id: 'mistralai/Mistral-7B-v0.3' },
  recipe: { preset: 'x', method: 'qlora' },
  target: { kind: 'colab', projectId: 'my-project', bucketName: 'my-bucket', prefix: 'runs' },
});
const root = mkdtempSync(join(tmpdir(), 'task-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const deps: TaskFileDeps = {
  plan: {
    datasetDir: root,
    bases: { starterBase: root, baseModels: root },
    evaluateCommand: [],
    readVerified: async () => ({ examples: [], leftOut: [] }),
    readForbidden: async () => ({ questions: [], dbIds: [] }),
  },
  ...{ trainerDir, foldersDir: join(root, 'folders'), runsDir: join(root, 'runs') },
  written: async () => undefined,
};
const { signal } = new AbortController();

describe('task files', () => {
  it('a run has its notebook, with project and bucket filled in', async () => {
    const handlers = createTaskFileHandlers(deps);
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

  it('the notebook of a run looks in the folder that is that run’s alone', async () => {
    const uuid = '2f1d6a3e-6f0b-4b0e-9a53-0d6c1f6a7b88';
    mkdirSync(join(root, 'runs', 'on-colab'), { recursive: true });
    const launch = { format: 1, uuid, name: 'On Colab', target: draft.target, createdAt: '2026-01-01' };
    writeFileSync(join(root, 'runs', 'on-colab', 'launch.json'), JSON.stringify(launch));
    const handlers = createTaskFileHandlers(deps);
    const file = await handlers['training.taskFile']({ draft, kind: 'colab', runId: 'on-colab' }, { signal });
    expect(file.fileName).toBe('on-colab.ipynb');
    expect(file.text).toContain(`RUN_ID = \\"on-colab-${uuid}\\"`);
  });

  it('an engine of several machines has its own file', async () => {
    const file = await createTaskFileHandlers(deps)['training.taskFile'](
      { draft: scratch(), kind: 'slurm' },
      { signal },
    );
    expect(file).toMatchObject({ fileName: 'slurm.sbatch', mediaType: 'text/x-shellscript' });
    expect(file.text).toContain('#SBATCH --job-name=from-scratch\n');
  });

  it('what keeps a draft from being started keeps its file from being written', async () => {
    const handlers = createTaskFileHandlers(deps);
    const other = { ...scratch(), base: { kind: 'hub' as const, id: 'a/b' } };
    await expect(
      handlers['training.taskFile']({ draft: other, kind: 'skypilot' }, { signal }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

function scratch() {
  writeFileSync(join(root, 'lines.jsonl'), `${JSON.stringify({ prompt: 'p', completion: 'c' })}\n`.repeat(3));
  return trainingDraftSchema.parse({
    name: 'From scratch',
    data: { sources: [{ kind: 'file', path: join(root, 'lines.jsonl') }] },
    base: { kind: 'scratch' },
    recipe: { preset: 'smoke', method: 'scratch' },
    target: { kind: 'local' },
  });
}
