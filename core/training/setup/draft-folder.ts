import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeRunFolder, type PreparedRun } from '../plan/index.ts';

/**
 * A draft's data and recipe in a folder that the doctor and the estimate look at. The newest stays, with what was tokenised in
 * it, so that the second question about a draft is answered sooner.
 */
export interface DraftFolder {
  use<T>(run: PreparedRun, signal: AbortSignal, work: (runDir: string) => Promise<T>): Promise<T>;
}

export function createDraftFolder(folder: string): DraftFolder {
  const inUse = new Map<string, number>();
  return {
    async use(run, signal, work) {
      const name = nameOf(run);
      inUse.set(name, (inUse.get(name) ?? 0) + 1);
      try {
        await removeOthers(folder, (other) => inUse.has(other));
        await writeRunFolder(run, join(folder, name), signal);
        return await work(join(folder, name));
      } finally {
        const left = (inUse.get(name) ?? 1) - 1;
        if (left === 0) inUse.delete(name);
        else inUse.set(name, left);
      }
    },
  };
}

function nameOf({ yaml, draft }: PreparedRun): string {
  const { name: _, ...rest } = draft;
  return createHash('sha256')
    .update(yaml.replace(/^name:.*\n/, ''))
    .update(JSON.stringify(rest))
    .digest('hex')
    .slice(0, 16);
}

async function removeOthers(folder: string, isUsed: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const unused = names.filter((name) => !isUsed(name));
  await Promise.all(unused.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
