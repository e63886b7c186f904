import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { AppError, type TrainingTarget } from '../../contract/index.ts';
import { runPython } from '../environment/index.ts';

export interface PlaceRecipeCall {
  /** Of the recipe. */
  path: string;
  /** Its paths are relative to it; defaults to the process's own. */
  folder?: string | undefined;
  target: TrainingTarget;
  python: string;
  trainerDir: string;
  signal: AbortSignal;
}

/** What filling a run's folder from a recipe file brought to light. */
export interface PlacedRecipe {
  name: string;
  /** Folder of a base model on this machine. */
  baseDir?: string | undefined;
  needsQuantizedBase: boolean;
}

const placedSchema = z.object({ name: z.string(), method: z.string(), base: z.string().nullable() });

/** Brings a recipe file with its data into a run's folder. @throws AppError INVALID_INPUT */
export async function placeRecipe(call: PlaceRecipeCall, runDir: string): Promise<PlacedRecipe> {
  const { path, python, trainerDir, signal } = call;
  const folder = resolve(call.folder ?? '.');
  const args = ['-m', 'training.place_recipe', '--config', resolve(folder, path), '--run-dir', runDir];
  const isLocal = call.target.kind === 'local';
  const { code, stdout, stderr } = await runPython({
    ...{ python, trainerDir, signal, cwd: folder },
    args: [...args, ...(isLocal ? ['--keep-base'] : [])],
  });
  if (code !== 0) {
    const why = stderr.trim().split('\n').at(-1) ?? '';
    throw new AppError('INVALID_INPUT', `The recipe ${basename(path)} cannot be used: ${why}`, {
      hint: 'Its paths are read from the working folder; docs/training-options.md has every option.',
    });
  }
  const { name, method, base } = placedSchema.parse(JSON.parse(stdout));
  return { name, needsQuantizedBase: method === 'qlora', ...(base !== null && { baseDir: base }) };
}
