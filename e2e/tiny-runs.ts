import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectToHost } from './connect-to-host.ts';
import { root } from './start-host.ts';

/** Has the trainer's packages, where `npm run test:training` has made it. */
export const trainerPython =
  process.env.SQLCODEGEN_TRAINING_PYTHON ?? join(root, 'training', '.venv', 'bin', 'python');

/**
 * The smoke recipe: a model of two layers that learns made-up examples, each step an event.
 * @param changes values by their names in the recipe: `{max_steps: 6}`; each must be in it
 */
export function writeTinyRecipe(folder: string, changes: Record<string, string | number>): string {
  const data = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  execFileSync(trainerPython, ['-m', 'training.tests.make_examples', data], { cwd: root });
  let recipe = readFileSync(join(root, 'training', 'configs', 'smoke_config.yaml'), 'utf8').replaceAll(
    'runs/smoke-data',
    data,
  );
  for (const [name, value] of Object.entries({ log_every_steps: 1, ...changes })) {
    const line = new RegExp(`^( *)${name}: .*$`, 'm');
    if (!line.test(recipe)) throw new Error(`The smoke recipe has no ${name}.`);
    recipe = recipe.replace(line, `$1${name}: ${value}`);
  }
  const file = join(folder, 'recipe.yaml');
  writeFileSync(file, recipe);
  return file;
}

/** Starts it on this machine. @returns the run's id */
export async function startTinyRun(url: string, recipe: string): Promise<string> {
  const { core, close } = await connectToHost(url);
  const { runId } = await core['training.startRecipe']({ path: recipe, target: { kind: 'local' } });
  close();
  return runId;
}
