import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { HashedFile } from './hash-files.ts';
import { writeAside } from './write-aside.ts';

const hashedFileSchema = z.object({
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
});

const stageManifestSchema = z.object({
  stage: z.string(),
  version: z.string(),
  inputs: z.array(hashedFileSchema),
  outputs: z.array(hashedFileSchema),
});

/** What a stage read and wrote. It is written last, and the same run gives the same bytes on any machine. */
export type StageManifest = z.infer<typeof stageManifestSchema>;

/** Undefined where there is none, or one that cannot be read: the stage then simply runs again. */
export async function readStageManifest(file: string): Promise<StageManifest | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return stageManifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function writeStageManifest(file: string, manifest: StageManifest): Promise<void> {
  await writeAside(file, `${JSON.stringify(manifest, null, 1)}\n`);
}

/** The first difference between what was recorded and what is there, as a sentence, or undefined. */
export function describeChange(
  kind: 'input' | 'output',
  recorded: HashedFile[],
  present: HashedFile[],
): string | undefined {
  const now = new Map(present.map((file) => [file.path, file.sha256]));
  for (const { path, sha256 } of recorded) {
    if (!now.has(path)) return `the ${kind} ${path} is gone`;
    if (now.get(path) !== sha256) return `the ${kind} ${path} has changed`;
    now.delete(path);
  }
  const [added] = now.keys();
  return added === undefined ? undefined : `the ${kind} ${added} is new`;
}
