import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Copies the trainer's sources into the app's data, once for each version of them: a trainer outlives the app, and the
 * packaged app's own files go away with it (an AppImage is unmounted, an update replaces them).
 * @param sources the folder `training` of the package
 * @returns the copy, whose name is `training`, too: Python imports it by that
 */
export function placeTrainer(sources: string, dataDir: string): string {
  const folder = join(dataDir, 'trainer', hashFolder(sources));
  const placed = join(folder, 'training');
  if (existsSync(placed)) return placed;
  mkdirSync(folder, { recursive: true });
  const aside = mkdtempSync(join(folder, '.new-'));
  try {
    cpSync(sources, join(aside, 'training'), { recursive: true });
    renameSync(join(aside, 'training'), placed);
  } catch (error) {
    // Another process of the app may have been first.
    if (!existsSync(placed)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return placed;
}

/** Of names and contents; about a megabyte is read. */
function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const file of entries.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
    const bytes = readFileSync(file);
    hash.update(`${relative(folder, file)}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}
