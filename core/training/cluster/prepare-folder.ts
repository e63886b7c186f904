import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClusterKind, FolderStep, PreparedFolder, TrainingDraft } from '../../contract/index.ts';
import { listTrainerFiles } from '../launchers/ssh/local-files.ts';
import { prepareRun, writeRunFolder, type PlanDeps, type PreparedRun } from '../plan/index.ts';
import { writeLaunch } from '../runs/launch-file.ts';
import { describeSteps } from './describe-steps.ts';
import { linkFiles } from './link-files.ts';
import { proposeShape, readPacksPerStep } from './shape.ts';
import { slugOf, writeTaskFile, type TaskFacts } from './task-files.ts';

export interface PrepareFolderDeps {
  plan: PlanDeps;
  trainerDir: string;
  /** Where the prepared folders lie. */
  foldersDir: string;
  /** Where a run that is brought back is found. */
  runsDir: string;
  /** What the run's data is made of may be written down beside it. */
  written(run: PreparedRun, runId: string, runDir: string): Promise<void>;
}

const kinds = ['torchrun', 'slurm', 'skypilot'] as const;

/**
 * A folder that other machines train from: `run/` (recipe, data, base model, launch.json), `training/`, and the task files.
 * The one of the same name is replaced, unless somebody has begun to train in it. @throws AppError what keeps the draft from it
 */
export async function prepareFolder(
  draft: TrainingDraft,
  kind: ClusterKind,
  deps: PrepareFolderDeps,
  signal: AbortSignal,
): Promise<PreparedFolder> {
  const run = await prepareRun(draft, deps.plan, signal, { isElsewhere: true });
  await mkdir(deps.foldersDir, { recursive: true });
  const aside = await mkdtemp(join(deps.foldersDir, '.new-'));
  try {
    const slug = chooseName(deps, slugOf(draft.name));
    const bytes = await fillRun(run, slug, join(aside, 'run'), deps, signal);
    await copyTrainer(deps.trainerDir, aside, signal);
    const facts = factsOf(run, slug, bytes.base);
    const folder = join(deps.foldersDir, slug);
    const shape = proposeShape(facts.packsPerStep);
    const steps = describeSteps(kind, { folder, slug, runsDir: deps.runsDir, ...shape });
    const { fileName: taskFile } = await writeTaskFiles(kind, facts, aside, deps);
    await writeFile(join(aside, 'README.md'), readme(draft.name, steps));
    await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
    return { folder, taskFile, bytes: bytes.base + bytes.data, steps };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

export function factsOf({ draft, yaml }: PreparedRun, slug: string, baseBytes: number): TaskFacts {
  const { method } = draft.recipe;
  const needsQuantizedBase = method === 'qlora';
  return { slug, method, packsPerStep: readPacksPerStep(yaml), needsQuantizedBase, baseBytes };
}

/** Neither a folder in which a run has begun, nor the name of a run that is here already. */
function chooseName({ foldersDir, runsDir }: PrepareFolderDeps, wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const hasBegun = existsSync(join(foldersDir, name, 'run', 'config.yaml'));
    if (!hasBegun && !existsSync(join(runsDir, name))) return name;
  }
}

async function fillRun(
  run: PreparedRun,
  slug: string,
  runDir: string,
  { written }: PrepareFolderDeps,
  signal: AbortSignal,
): Promise<{ base: number; data: number }> {
  await writeRunFolder(run, runDir, signal);
  const { draft, base } = run;
  await writeLaunch(runDir, {
    ...{ format: 1, name: draft.name, draft, createdAt: new Date().toISOString(), exports: [] },
    // Whoever brings it back has it here, and goes on with it here.
    target: { kind: 'local' },
    needsQuantizedBase: draft.recipe.method === 'qlora',
  });
  await written(run, slug, runDir);
  const files = ['train.jsonl', 'val.jsonl'].map((name) => stat(join(runDir, 'data', name)));
  const sizes = await Promise.allSettled(files);
  const data = sizes.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value.size : 0), 0);
  if (base.folder === undefined) return { base: 0, data };
  return { base: await linkFiles(base.folder, join(runDir, 'base'), signal), data };
}

async function copyTrainer(trainerDir: string, folder: string, signal: AbortSignal): Promise<void> {
  for (const { source, path } of await listTrainerFiles(trainerDir, signal)) {
    if (path.startsWith('training/cluster/')) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(source, join(folder, path));
  }
}

/** All of them, whichever was asked for: the others start torchrun.sh. */
async function writeTaskFiles(
  kind: ClusterKind,
  facts: TaskFacts,
  folder: string,
  { trainerDir }: PrepareFolderDeps,
) {
  for (const each of [...kinds, 'setup'] as const) {
    const { fileName, text } = await writeTaskFile(each, facts, trainerDir);
    await writeFile(join(folder, fileName), text);
    if (fileName.endsWith('.sh')) await chmod(join(folder, fileName), 0o755);
  }
  await writeFile(join(folder, '.skyignore'), 'env/\nrun/checkpoints/\nrun/data/cache/\n');
  return writeTaskFile(kind, facts, trainerDir);
}

function readme(name: string, steps: readonly FolderStep[]): string {
  const lines = steps.map(({ text, command }, at) =>
    [
      `${at + 1}. ${text}`,
      ...(command === undefined ? [] : ['', '   ```sh', `   ${command}`, '   ```']),
    ].join('\n'),
  );
  return `# ${name}\n\nPrepared by SQL Codegen Studio; docs/training.md has more.\n\n${lines.join('\n\n')}\n`;
}
