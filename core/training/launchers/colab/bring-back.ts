import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, keepTrying, listObjects, uploadBytes } from '../../storage/index.ts';
import type { LaunchContext, LaunchedRun } from '../launcher.ts';
import { listLocalFiles, type LocalFile } from '../ssh/local-files.ts';
import { mirrored } from './mirror-pieces.ts';
import type { CloudPlace } from './place.ts';
import { uploadFiles, type PrepareDeps } from './prepare-run.ts';

/**
 * Brings a run that has begun to a bucket that has nothing of it any more, as after a clean-up: a notebook that found no
 * checkpoint there would begin anew. Events come last: where they are, all else is.
 */
export async function bringBack(
  place: CloudPlace,
  run: LaunchedRun,
  context: LaunchContext,
  deps: PrepareDeps,
): Promise<void> {
  const { signal } = context;
  const patience = { signal, trouble: context, firstDelayMs: deps.firstDelayMs };
  if (!existsSync(join(run.runDir, 'config.yaml'))) return;
  const prefix = `${place.root}out/events/`;
  const { objects } = await keepTrying(() => listObjects(place.bucket, prefix, signal), patience);
  if (objects.length > 0) return;
  const list = (name: string, path: string) => listLocalFiles(join(run.runDir, name), path, signal);
  await uploadFiles(place, await list('config.yaml', 'out/files/config.yaml'), context, deps);
  for (const name of await listWhole(run.runDir)) {
    const files = await list(`checkpoints/${name}`, `out/files/checkpoints/${name}`);
    await uploadFiles(place, files, context, deps);
    const listed = Buffer.from(JSON.stringify({ name, files: await describeFiles(files, signal) }));
    const object = `${place.root}out/checkpoints/${name}.json`;
    await keepTrying(() => uploadBytes(place.bucket, object, listed, signal), patience);
  }
  await cutToLine(join(run.runDir, 'events.jsonl'));
  for (const { folder, fileName } of mirrored.toReversed()) {
    const piece = `out/${folder}/${'0'.repeat(12)}.${fileName.split('.')[1]}`;
    await uploadFiles(place, await list(fileName, piece), context, deps);
  }
}

async function listWhole(runDir: string): Promise<string[]> {
  const names = await readdir(join(runDir, 'checkpoints')).catch(() => []);
  return names.filter((name) => /^step-\d+$/.test(name)).toSorted();
}

/** As cloud_sync.py lists them. */
async function describeFiles(files: readonly LocalFile[], signal: AbortSignal): Promise<object[]> {
  const listed: object[] = [];
  for (const { source, path } of files) {
    listed.push({ path: path.slice('out/files/'.length), ...(await hashFile(source, signal)) });
  }
  return listed;
}

/** A machine that lost its power may have left half a line. */
async function cutToLine(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const handle = await open(path, 'r+');
  try {
    const content = await handle.readFile();
    await handle.truncate(content.lastIndexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
