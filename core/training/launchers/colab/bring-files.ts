import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  downloadFile,
  keepTrying,
  listObjects,
  readObject,
  type ObjectInfo,
  type Patience,
} from '../../storage/index.ts';
import { inTurn } from '../in-turn.ts';
import { inside, insideRun } from '../inside.ts';
import type { CloudPlace } from './place.ts';

const fileSchema = z.object({ path: z.string(), size: z.number(), md5: z.string() });
type ListedFile = z.infer<typeof fileSchema>;
const checkpointSchema = z.object({ name: z.string().regex(/^step-\d+$/), files: z.array(fileSchema) });
const finalSchema = z.object({ files: z.array(fileSchema) });

/** Checkpoints that are whole in the bucket, by their names. */
export async function listCheckpoints({ bucket, root }: CloudPlace, signal: AbortSignal): Promise<string[]> {
  const prefix = `${root}out/checkpoints/`;
  const { objects } = await listObjects(bucket, prefix, signal);
  return objects.map(({ name }) => name.slice(prefix.length).replace(/\.json$/, ''));
}

/** Brings one into `checkpoints/NAME`: its files aside, each checked, then renamed. Does nothing where it is here. */
export function bringCheckpoint(
  place: CloudPlace,
  name: string,
  runDir: string,
  patience: Patience,
): Promise<void> {
  // The mirror of a run that is followed, and a fetch that the user asks for meanwhile.
  return inTurn(runDir, patience.signal, () => bringOne(place, name, runDir, patience));
}

async function bringOne(place: CloudPlace, name: string, runDir: string, patience: Patience): Promise<void> {
  const target = join(runDir, 'checkpoints', name);
  if (existsSync(target)) return;
  const listed = await readList(place, `out/checkpoints/${name}.json`, checkpointSchema, patience);
  // The trainer keeps the newest ones only: it was deleted meanwhile.
  if (!listed) return;
  const aside = join(runDir, 'checkpoints', `.${name}.brought`);
  const prefix = `checkpoints/${name}/`;
  for (const file of listed.files) {
    const path = file.path.startsWith(prefix) ? file.path.slice(prefix.length) : `../${file.path}`;
    const isThere = await bringFile(place, file, inside(aside, path, 'The bucket'), patience);
    if (!isThere) return void (await rm(aside, { recursive: true, force: true }));
  }
  await rename(aside, target);
}

/** Those that the trainer has deleted go here too, and halves of what the bucket no longer has. */
export async function dropCheckpoints(
  runDir: string,
  { kept, deleted }: { kept: readonly string[]; deleted: ReadonlySet<string> },
): Promise<void> {
  const folder = join(runDir, 'checkpoints');
  for (const name of await readdir(folder).catch(() => [])) {
    const half = /^\.(step-\d+)\.brought$/.exec(name)?.[1];
    const isOver = half === undefined ? deleted.has(name) : !kept.includes(half);
    if (isOver) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Everything that the run made but its checkpoints. */
export function bringFinal(place: CloudPlace, runDir: string, patience: Patience): Promise<void> {
  return inTurn(runDir, patience.signal, () => bringRest(place, runDir, patience));
}

async function bringRest(place: CloudPlace, runDir: string, patience: Patience): Promise<void> {
  const listed = await readList(place, 'out/final.json', finalSchema, patience);
  for (const file of listed?.files ?? []) {
    await bringFile(place, file, insideRun(runDir, file.path, 'The bucket'), patience);
  }
}

/** False where it is gone, or another one by now. */
async function bringFile(
  { bucket, root }: CloudPlace,
  file: ListedFile,
  path: string,
  patience: Patience,
): Promise<boolean> {
  const { signal } = patience;
  const name = `${root}out/files/${file.path}`;
  return keepTrying(async () => {
    const { objects } = await listObjects(bucket, name, signal);
    const there: ObjectInfo | undefined = objects.find((object) => object.name === name);
    if (there?.md5Hash !== file.md5) return false;
    await downloadFile(bucket, name, path, { signal, there });
    return true;
  }, patience);
}

async function readList<T>(
  { bucket, root }: CloudPlace,
  name: string,
  schema: z.ZodType<T>,
  patience: Patience,
): Promise<T | undefined> {
  const bytes = await keepTrying(() => readObject(bucket, root + name, patience.signal), patience);
  return bytes && schema.parse(JSON.parse(bytes.toString()));
}
