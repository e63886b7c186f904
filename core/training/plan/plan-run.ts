import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type PlannedSource, type TrainingDraft, type TrainingPlan } from '../../contract/index.ts';
import { writeAside } from '../../dataset/stages/index.ts';
import { resolveBase, type BaseFolders, type ResolvedBase } from '../bases/index.ts';
import {
  buildData,
  isExecutable,
  nothingToLearn,
  writeData,
  type BuiltData,
  type DataDeps,
} from '../data/index.ts';
import { buildRecipe, findPreset } from '../recipes/index.ts';

export interface PlanDeps extends DataDeps {
  bases: BaseFolders;
  /** Judges predictions on this machine: the app's own command line. */
  evaluateCommand: readonly string[];
}

/** What a draft comes to, before anything is written. */
export interface PreparedRun {
  draft: TrainingDraft;
  base: ResolvedBase;
  built: BuiltData;
  yaml: string;
}

export interface PrepareOptions {
  /** The run's folder is carried to other machines, whatever the draft's target. Defaults to false. */
  isElsewhere?: boolean;
}

/** @throws AppError what keeps the draft from being started */
export async function prepareRun(
  draft: TrainingDraft,
  deps: PlanDeps,
  signal: AbortSignal,
  { isElsewhere = false }: PrepareOptions = {},
): Promise<PreparedRun> {
  checkMethod(draft);
  const base = resolveBase(draft.base, draft.target, deps.bases);
  const built = await buildData(draft.data, base.targetForm, deps, signal);
  if (built.train.length === 0) throw nothingToLearn(built);
  const isLocal = draft.target.kind === 'local' && !isElsewhere;
  return { draft, base, built, yaml: writeRecipe(draft, base, built, isLocal, deps) };
}

function writeRecipe(
  draft: TrainingDraft,
  base: ResolvedBase,
  built: BuiltData,
  isLocal: boolean,
  deps: PlanDeps,
): string {
  const knowsDatabases = built.validation.some(isExecutable);
  const basePath = isLocal ? (base.folder ?? base.reference) : base.folder ? 'base' : base.reference;
  return buildRecipe(draft, {
    ...(basePath === undefined ? {} : { basePath }),
    ...(base.revision === undefined ? {} : { baseRevision: base.revision }),
    ...{ targetForm: base.targetForm, hasValidation: built.validation.length > 0 },
    ...(isLocal && knowsDatabases ? { evaluateCommand: deps.evaluateCommand } : {}),
    ...(base.license === undefined ? {} : { license: base.license }),
    ...(base.attribution === undefined ? {} : { attribution: base.attribution }),
  });
}

/** Writes the run's data, then its recipe, without which no trainer starts. */
export async function writeRunFolder(run: PreparedRun, runDir: string, signal: AbortSignal): Promise<void> {
  await mkdir(join(runDir, 'data'), { recursive: true });
  await writeData(run.built, runDir, signal);
  await writeAside(join(runDir, 'recipe.yaml'), run.yaml);
}

/** The recipe of a draft, how much there is to learn, and what is in the way. */
export async function planRun(
  draft: TrainingDraft,
  deps: PlanDeps,
  signal: AbortSignal,
): Promise<TrainingPlan> {
  try {
    const { yaml, built } = await prepareRun(draft, deps, signal);
    const counts = { trainExamples: built.train.length, validationExamples: built.validation.length };
    return { yaml, ...counts, sources: built.sources.map(describeSource), problems: [] };
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint, code } = AppError.from(error);
    if (code === 'INTERNAL') throw error;
    const problem = hint === undefined ? message : `${message} ${hint}`;
    return { yaml: '', trainExamples: 0, validationExamples: 0, sources: [], problems: [problem] };
  }
}

const shownAtMost = 200;

function describeSource({ source, train, validation, leftOut }: BuiltData['sources'][number]): PlannedSource {
  return {
    source,
    // A weight repeats the same objects.
    train: new Set(train).size,
    validation: validation.length,
    leftOutCount: leftOut.length,
    leftOut: leftOut.slice(0, shownAtMost).map(({ question, reason }) => ({ question, reason })),
  };
}

/** A method that the base cannot be trained by, and a recipe that was written for another method. */
function checkMethod({ base, recipe }: TrainingDraft): void {
  const preset = findPreset(recipe.preset);
  if ((base.kind === 'scratch') !== (recipe.method === 'scratch')) {
    throw new AppError('INVALID_INPUT', 'A new model is trained from scratch, and nothing else is.', {
      hint: 'Choose another base model or another method.',
    });
  }
  if (!preset.methods.includes(recipe.method)) {
    throw new AppError('INVALID_INPUT', `The recipe “${preset.title}” is not for ${recipe.method}.`, {
      hint: `It is for ${preset.methods.join(', ')}.`,
    });
  }
}

/** The recipe of a run that is there. */
export function readRecipe(runDir: string): Promise<string> {
  return readFile(join(runDir, 'recipe.yaml'), 'utf8');
}
