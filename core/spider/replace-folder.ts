import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLayoutPath } from './layout.ts';
import { manifestFile } from './manifest.ts';

/** Derived from an import, and so never carried over to the next one. */
const derivedFiles = [manifestFile, 'download_summary.txt'];

/** Where an import is written before it takes its place. */
export function asideOf(spiderDir: string): string {
  return `${spiderDir}.importing`;
}

/**
 * Puts the finished import in the place of the earlier one. A kill at any moment loses neither: `recoverImport` ends
 * what was begun. Files of the user's own (spider.zip is told to lie there) move over.
 */
export async function replaceImport(spiderDir: string): Promise<void> {
  if (existsSync(spiderDir)) await rename(spiderDir, oldOf(spiderDir));
  await rename(asideOf(spiderDir), spiderDir);
  await carryOver(spiderDir);
}

/**
 * Ends what an import that was killed left behind: half an import is removed, an earlier one that had stepped aside
 * comes back, one that was already replaced goes.
 */
export async function recoverImport(spiderDir: string): Promise<void> {
  await recoverEarlier(spiderDir);
  await rm(asideOf(spiderDir), { recursive: true, force: true });
}

/** Only the earlier import: what is being written beside it may belong to a process that is at work. */
export async function recoverEarlier(spiderDir: string): Promise<void> {
  if (existsSync(oldOf(spiderDir))) {
    if (existsSync(join(spiderDir, manifestFile))) await carryOver(spiderDir);
    else await bringBack(spiderDir);
  }
}

function oldOf(spiderDir: string): string {
  return `${spiderDir}.old`;
}

/** Without a manifest, the folder in the import's place holds at most a zip that the user put there since. */
async function bringBack(spiderDir: string): Promise<void> {
  const old = oldOf(spiderDir);
  if (existsSync(spiderDir)) {
    for (const name of await readdir(spiderDir)) {
      await rm(join(old, name), { recursive: true, force: true });
      await rename(join(spiderDir, name), join(old, name));
    }
    await rm(spiderDir, { recursive: true, force: true });
  }
  await rename(old, spiderDir);
}

async function carryOver(spiderDir: string): Promise<void> {
  const old = oldOf(spiderDir);
  if (!existsSync(old)) return;
  for (const name of await readdir(old)) {
    const isOurs = derivedFiles.includes(name) || isLayoutPath(name) || existsSync(join(spiderDir, name));
    if (!isOurs) await rename(join(old, name), join(spiderDir, name));
  }
  await rm(old, { recursive: true, force: true });
}
