import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The project's root: this file lies two folders below it, and so does the bundle in dist/electron. */
const root = resolve(import.meta.dirname, '..', '..');

/** Folder of the built renderer. */
export const rendererDir = join(root, 'dist', 'renderer');

/** The version in package.json. */
export function readAppVersion(): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** The app's own SQLite file. */
export function storeFile(dataDir: string): string {
  return join(dataDir, 'studio.sqlite');
}

/** Whether the app runs from the project's sources. */
function isCheckout(): boolean {
  return existsSync(join(root, 'core', 'cli', 'main.ts')) && !root.includes('.asar');
}

/**
 * Where training runs lie: SQLCODEGEN_RUNS_DIR, else a checkout's own `runs`, else one among the app's data.
 * @param env defaults to the process's environment
 */
export function locateRunsDir(
  dataDir: string,
  env: Record<string, string | undefined> = process.env,
): string {
  if (env.SQLCODEGEN_RUNS_DIR) return resolve(env.SQLCODEGEN_RUNS_DIR);
  return isCheckout() ? join(root, 'runs') : join(dataDir, 'runs');
}

/** The trainer's sources: in the checkout, or beside the packaged app's archive. */
export function locateTrainerDir(): string {
  return isCheckout() ? join(root, 'training') : join(root, '..', 'training');
}

/**
 * The folder of raw/ and processed/: SQLCODEGEN_DATASET_DIR, else a checkout's own `data`, else one among the app's data.
 * @param env defaults to the process's environment
 */
export function locateDatasetDir(
  dataDir: string,
  env: Record<string, string | undefined> = process.env,
): string {
  if (env.SQLCODEGEN_DATASET_DIR) return resolve(env.SQLCODEGEN_DATASET_DIR);
  return isCheckout() ? join(root, 'data') : join(dataDir, 'dataset');
}
