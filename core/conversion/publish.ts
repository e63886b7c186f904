import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** What the conversion publishes; pairs.jsonl last, because it stands for the rest. */
const published = [
  'postgres_schemas',
  'samples',
  'answers',
  'conversion_report.html',
  'conversion_report.json',
  'pairs.jsonl',
];

/**
 * Renames the finished files into place; what is replaced goes aside, other files stay. A kill between two renames
 * is mended by the next run, which finds all databases finished and publishes again.
 */
export async function publish(aside: string, outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  for (const name of published) {
    const isFolder = !name.includes('.');
    if (isFolder) await moveIfThere(join(outDir, name), join(aside, `replaced-${name}`));
    await rename(join(aside, name), join(outDir, name));
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
