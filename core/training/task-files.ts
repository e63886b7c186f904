import type { CoreHandlers, TrainingDraft } from '../contract/index.ts';
import { AppError } from '../contract/index.ts';
import { buildNotebook, hashBootstrap } from './launchers/colab/index.ts';

export interface TaskFile {
  fileName: string;
  mediaType: string;
  text: string;
}

type OtherKind = 'skypilot' | 'slurm' | 'torchrun';

export interface TaskFileDeps {
  trainerDir: string;
  /** Writers of the files of schedulers; a kind that is absent is refused. */
  writers?: Partial<Record<OtherKind, (draft: TrainingDraft) => TaskFile | Promise<TaskFile>>>;
}

/** Files for places that the app does not start itself. */
export function createTaskFileHandlers({
  trainerDir,
  writers = {},
}: TaskFileDeps): Pick<CoreHandlers, 'training.taskFile'> {
  return {
    async 'training.taskFile'({ draft, kind, runId }) {
      if (kind === 'colab') return writeNotebook(draft, runId, trainerDir);
      const writer = writers[kind];
      if (writer) return writer(draft);
      throw new AppError('INVALID_INPUT', `This version of the app writes no file for ${kind}.`, {
        hint: 'Train on this machine, on an SSH host or on Colab.',
      });
    },
  };
}

/** Without a run its name is left empty, and where the draft trains elsewhere, project and bucket too. */
async function writeNotebook(
  { target, recipe }: TrainingDraft,
  runId: string | undefined,
  trainerDir: string,
): Promise<TaskFile> {
  const place = target.kind === 'colab' ? target : { projectId: '', bucketName: '', prefix: 'sqlcodegen' };
  const text = buildNotebook({
    ...{ projectId: place.projectId, bucketName: place.bucketName, prefix: place.prefix },
    runId: runId ?? '',
    needsQuantizedBase: recipe.method === 'qlora',
    files: await hashBootstrap(trainerDir),
  });
  return { fileName: `${runId ?? 'training'}.ipynb`, mediaType: 'application/x-ipynb+json', text };
}
