import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const metaSchema = z.object({
  url: z.string(),
  /** A strong ETag or Last-Modified: what the server is asked to compare before it sends the rest. */
  validator: z.string().optional(),
  total: z.number().int().positive().optional(),
});

export type PartMeta = z.infer<typeof metaSchema>;

/** A download that is not complete: its bytes beside the target, and what the server said of the whole. */
export interface PartFile extends PartMeta {
  file: string;
  bytes: number;
}

/** What an earlier attempt at the same address left, or an empty part. */
export async function readPart(zipFile: string, url: string): Promise<PartFile> {
  const file = partOf(zipFile);
  try {
    const meta = metaSchema.parse(JSON.parse(await readFile(metaOf(zipFile), 'utf8')));
    if (meta.url === url) return { ...meta, file, bytes: (await stat(file)).size };
  } catch {
    // No attempt before, or one whose record cannot be read.
  }
  return { file, url, bytes: 0 };
}

export async function writeMeta(zipFile: string, meta: PartMeta): Promise<void> {
  await writeFile(metaOf(zipFile), JSON.stringify(metaSchema.parse(meta)));
}

export async function discardPart(zipFile: string): Promise<void> {
  await rm(partOf(zipFile), { force: true });
  await rm(metaOf(zipFile), { force: true });
}

/** The finished part takes its name; until then no file of that name appears. */
export async function finishPart(zipFile: string): Promise<void> {
  await rename(partOf(zipFile), zipFile);
  await rm(metaOf(zipFile), { force: true });
}

function partOf(zipFile: string): string {
  return `${zipFile}.part`;
}

function metaOf(zipFile: string): string {
  return `${zipFile}.part.json`;
}
