import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { z } from 'zod';
import { parseEndpoint, parseModelReference } from '../contract/index.ts';

const keptHashSchema = z.object({ sizeBytes: z.number(), mtimeMs: z.number(), sha256: z.string() });
export const keptHashesSchema = z.record(z.string(), keptHashSchema);
export type KeptHashes = z.infer<typeof keptHashesSchema>;

/** SHA-256 of files that have gigabytes: reckoned once for each size and time of change. */
export interface FileHashes {
  /** Undefined where there is no such file. */
  of(file: string): Promise<string | undefined>;
  /** Without reading the file: undefined where it was not reckoned, or the file has changed since. */
  known(file: string): string | undefined;
}

/** @param rows kept from start to start */
export function createFileHashes(rows: { get(): KeptHashes; set(hashes: KeptHashes): void }): FileHashes {
  const running = new Map<string, Promise<string | undefined>>();
  const find = (file: string, now = describe(file)): string | undefined => {
    const kept = rows.get()[file];
    const isSame = kept && now && kept.sizeBytes === now.sizeBytes && kept.mtimeMs === now.mtimeMs;
    return isSame ? kept.sha256 : undefined;
  };
  const reckon = async (file: string): Promise<string | undefined> => {
    const now = describe(file);
    if (!now) return undefined;
    const sha256 = await hash(file);
    if (sha256 !== undefined) rows.set({ ...rows.get(), [file]: { ...now, sha256 } });
    return sha256;
  };
  return {
    known: (file) => find(file),
    async of(file) {
      const known = find(file);
      if (known !== undefined) return known;
      const work = running.get(file) ?? reckon(file).finally(() => running.delete(file));
      running.set(file, work);
      return work;
    },
  };
}

/** What a model's reference stands for now; undefined for a server, or where a file is gone. */
export async function identifyModel(hashes: FileHashes, reference: string): Promise<string | undefined> {
  if (parseEndpoint(reference)) return undefined;
  const { path, adapterPath } = parseModelReference(reference);
  const model = await hashes.of(path);
  if (model === undefined || adapterPath === undefined) return model;
  const adapter = await hashes.of(adapterPath);
  return adapter === undefined ? undefined : `${model}+${adapter}`;
}

function describe(file: string): { sizeBytes: number; mtimeMs: number } | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? { sizeBytes: found.size, mtimeMs: found.mtimeMs } : undefined;
}

/** Undefined where it is gone meanwhile. */
async function hash(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}
