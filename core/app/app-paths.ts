import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { placeTrainer } from './place-trainer.ts';

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

/** The trainer's sources: in the checkout, or a copy in the app's data of those beside the packaged app's archive. */
export function locateTrainerDir(dataDir: string): string {
  return isCheckout() ? join(root, 'training') : placeTrainer(join(root, '..', 'training'), dataDir);
}

/** How the trainer finds the app that it belongs to. */
export interface TrainerTools {
  /** The words that start the app's command line. */
  command: string[];
  /** For its Python: what lies elsewhere in the packaged app than in a checkout. */
  env: Record<string, string>;
}

export function locateTrainerTools(dataDir: string): TrainerTools {
  if (isCheckout()) return { command: [process.execPath, join(root, 'core', 'cli', 'main.ts')], env: {} };
  const launcher = join(root, '..', 'bin', process.platform === 'win32' ? 'sqlcodegen.cmd' : 'sqlcodegen');
  return {
    command: [launcher],
    env: {
      SQLCODEGEN_CLI: `'${launcher}'`,
      SQLCODEGEN_NODE_MODULES: join(root.replace(/app\.asar$/, 'app.asar.unpacked'), 'node_modules'),
      SQLCODEGEN_CACHE_DIR: join(dataDir, 'cache'),
    },
  };
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
