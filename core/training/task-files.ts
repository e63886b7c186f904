import { basename, join } from 'node:path';
import type { CoreHandlers, TrainingDraft } from '../contract/index.ts';
import {
  factsOf,
  measureFiles,
  prepareFolder,
  slugOf,
  writeTaskFile,
  type PrepareFolderDeps,
} from './cluster/index.ts';
import { folderNameOf } from './launchers/index.ts';
import { buildNotebook, hashBootstrap } from './launchers/colab/index.ts';
import { prepareRun } from './plan/index.ts';
import { readLaunch } from './runs/index.ts';

export interface TaskFile {
  fileName: string;
  mediaType: string;
  text: string;
}

export interface TaskFileDeps extends PrepareFolderDeps {
  trainerDir: string;
}

/** Files for places that the app does not start itself. */
export function createTaskFileHandlers(
  deps: TaskFileDeps,
): Pick<CoreHandlers, 'training.taskFile' | 'training.prepareFolder'> {
  return {
    async 'training.taskFile'({ draft, kind, runId }, { signal }) {
      if (kind === 'colab') return writeNotebook(draft, runId, deps);
      const run = await prepareRun(draft, deps.plan, signal, { isElsewhere: true });
      const baseBytes = run.base.folder === undefined ? 0 : await measureFiles(run.base.folder);
      return writeTaskFile(kind, factsOf(run, slugOf(draft.name), baseBytes), deps.trainerDir);
    },
    'training.prepareFolder': ({ draft, kind }, { signal }) => prepareFolder(draft, kind, deps, signal),
  };
}

/** Without a run its name is left empty, and where the draft trains elsewhere, project and bucket too. */
async function writeNotebook(
  { target, recipe }: TrainingDraft,
  runId: string | undefined,
  { trainerDir, runsDir }: TaskFileDeps,
): Promise<TaskFile> {
  const place = target.kind === 'colab' ? target : { projectId: '', bucketName: '', prefix: 'sqlcodegen' };
  const launch = runId === undefined ? undefined : await readLaunch(join(runsDir, basename(runId)));
  const text = buildNotebook({
    ...{ projectId: place.projectId, bucketName: place.bucketName, prefix: place.prefix },
    runId: runId === undefined ? '' : folderNameOf({ id: runId, ...(launch?.uuid && { uuid: launch.uuid }) }),
    needsQuantizedBase: recipe.method === 'qlora',
    files: await hashBootstrap(trainerDir),
  });
  return { fileName: `${runId ?? 'training'}.ipynb`, mediaType: 'application/x-ipynb+json', text };
}
