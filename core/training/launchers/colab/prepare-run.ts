import { readFile, rename, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { keepTrying, listObjects, uploadFile } from '../../storage/index.ts';
import { folderNameOf, type LaunchContext, type LaunchedRun } from '../launcher.ts';
import { listLocalFiles, listTrainerFiles, type LocalFile } from '../ssh/local-files.ts';
import { buildNotebook } from './notebook.ts';
import type { CloudPlace } from './place.ts';

export interface PrepareDeps {
  trainerDir: string;
  /** Where uploads that were cut are remembered. */
  stateDir: string;
  firstDelayMs?: number | undefined;
}

export const notebookName = 'notebook.ipynb';

/** Code, recipe, data, base and notebook into the bucket; what is there already is left alone. */
export async function prepareRun(
  place: CloudPlace,
  run: LaunchedRun,
  context: LaunchContext,
  deps: PrepareDeps,
): Promise<void> {
  await writeNotebook(run, deps.trainerDir);
  const files = [
    ...(await listTrainerFiles(deps.trainerDir, context.signal)).map((file) => under('code/', file)),
    ...(await listInputs(run, context.signal)),
    ...(await listLocalFiles(join(run.runDir, notebookName), notebookName, context.signal)),
  ];
  await uploadFiles(place, files, context, deps);
}

/** What the trainer reads. */
export async function listInputs(
  { runDir, baseDir }: LaunchedRun,
  signal: AbortSignal,
): Promise<LocalFile[]> {
  const isWanted = (path: string) => !path.split('/').some((part) => part.startsWith('.'));
  const list = (source: string, path: string) => listLocalFiles(source, path, signal, isWanted);
  return [
    ...(await list(join(runDir, 'recipe.yaml'), 'run/recipe.yaml')),
    ...(await list(join(runDir, 'data'), 'run/data')),
    ...(baseDir === undefined ? [] : await list(baseDir, 'run/base')),
  ];
}

function under(folder: string, file: LocalFile): LocalFile {
  return { ...file, path: folder + file.path };
}

export async function uploadFiles(
  { bucket, root }: CloudPlace,
  files: readonly LocalFile[],
  context: LaunchContext,
  { stateDir, firstDelayMs }: PrepareDeps,
): Promise<void> {
  const { signal } = context;
  const patience = { signal, trouble: context, firstDelayMs };
  const { objects } = await keepTrying(() => listObjects(bucket, root, signal), patience);
  const there = new Map(objects.map((object) => [object.name, object]));
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  for (const { source, path, bytes } of files) {
    const note = `bringing ${path} to gs://${bucket.name}`;
    context.progress(note, done, total);
    const onBytes = (sent: number) => context.progress(note, done + sent, total);
    const known = there.get(root + path);
    await keepTrying(
      () => uploadFile(bucket, source, root + path, { stateDir, signal, onBytes, there: known }),
      patience,
    );
    done += bytes;
  }
  context.progress(`everything is in gs://${bucket.name}/${root}`, total, total);
}

/** Into the run's folder, from where the run's page offers it. */
async function writeNotebook(run: LaunchedRun, trainerDir: string): Promise<void> {
  if (run.target.kind !== 'colab') return;
  const { projectId, bucketName, prefix } = run.target;
  const text = buildNotebook({
    ...{ projectId, bucketName, prefix, runId: folderNameOf(run) },
    needsQuantizedBase: run.needsQuantizedBase,
    files: await hashBootstrap(trainerDir),
  });
  const path = join(run.runDir, notebookName);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

const bootstrapFiles = ['cloud_storage.py', 'cloud_sync.py'];

/** What the notebook brings first, with the hashes that it holds them against. */
export async function hashBootstrap(trainerDir: string): Promise<Record<string, string>> {
  const entries = bootstrapFiles.map(async (name) => {
    const content = await readFile(join(trainerDir, name));
    return [name, createHash('sha256').update(content).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
