import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../contract/index.ts';

/** Longer than this nobody waits for a figure; a dataset's folder may hold a hundred thousand files. */
const limitMs = 2_000;

export type PlaceName = Pick<Place, 'id' | 'path'>;

/** How much lies in each place. What cannot be read counts nothing. */
export async function measurePlaces(places: readonly PlaceName[], timeLimitMs = limitMs): Promise<Place[]> {
  const until = performance.now() + timeLimitMs;
  const measured: Place[] = [];
  for (const place of places) measured.push({ ...place, ...(await measure(place.path, until)) });
  return measured;
}

type Size = Pick<Place, 'exists' | 'files' | 'bytes' | 'atLeast'>;

async function measure(path: string, until: number): Promise<Size> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return { exists: false, files: 0, bytes: 0, atLeast: false };
  if (!found.isDirectory()) return { exists: true, files: 1, bytes: found.size, atLeast: false };
  const size: Size = { exists: true, files: 0, bytes: 0, atLeast: false };
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (performance.now() > until) return { ...size, atLeast: true };
    await addFolder(folder, folders, size);
  }
  return size;
}

/** Links are not followed: what they lead to lies elsewhere. */
async function addFolder(folder: string, folders: string[], size: Size): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((one) => one.isDirectory())) folders.push(join(folder, entry.name));
  const files = entries.filter((one) => one.isFile());
  const stats = await Promise.all(files.map(({ name }) => stat(join(folder, name)).catch(() => undefined)));
  for (const one of stats) {
    size.files += one ? 1 : 0;
    size.bytes += one?.size ?? 0;
  }
}
