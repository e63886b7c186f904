import { AppError, type RecipeValues, type TrainingDraft } from '../../contract/index.ts';
import { merge, presets, type StoredPreset } from './presets.ts';
import { writeYaml, type YamlMapping } from './write-yaml.ts';

/** What a recipe says that is not in the draft. */
export interface RecipePlace {
  /** As the trainer reads it from the run's folder; absent from scratch. */
  basePath?: string;
  baseRevision?: string;
  targetForm: 'sketch' | 'sql';
  hasValidation: boolean;
  /** Runs predictions and prints `executionAccuracy`; absent where the app is not on the machine that trains. */
  evaluateCommand?: readonly string[];
  /** SPDX id, and whose work is in the result. */
  license?: string;
  attribution?: string;
}

/** @throws AppError NOT_FOUND */
export function findPreset(id: string): StoredPreset {
  const preset = presets.find((one) => one.id === id);
  if (preset) return preset;
  throw new AppError('NOT_FOUND', `There is no recipe ${id}.`, {
    hint: `The recipes are ${presets.map((one) => one.id).join(', ')}.`,
  });
}

/** The preset's values with the draft's changes; a limit that was chosen takes the preset's own ones' place. */
export function valuesOf({ recipe }: Pick<TrainingDraft, 'recipe'>): RecipeValues {
  const { values } = findPreset(recipe.preset);
  const { epochs, minSteps, maxSteps, maxMinutes, ...others } = values;
  const { changes } = recipe;
  const setsLimit = [changes.epochs, changes.maxSteps, changes.maxMinutes].some(
    (limit) => limit !== undefined,
  );
  return { ...others, ...(setsLimit ? {} : { epochs, minSteps, maxSteps, maxMinutes }), ...changes };
}

/** The trainer's YAML, with paths relative to the run's folder. */
export function buildRecipe(draft: TrainingDraft, place: RecipePlace): string {
  const { more } = findPreset(draft.recipe.preset);
  const { method } = draft.recipe;
  const values = valuesOf(draft);
  const recipe = merge(
    {
      name: fileNameOf(draft.name),
      run_dir: '.',
      seed: values.seed,
      method,
      ...(place.basePath === undefined
        ? {}
        : { base: { path: place.basePath, revision: place.baseRevision } }),
      data: dataSection(values, place),
    },
    {
      ...(usesAdapter(method) ? { adapter: adapterSection(values) } : {}),
      optimizer: optimizerSection(values),
    },
    { train: trainSection(values, place), evaluate: {}, export: {} },
    forMethod(more, method),
    { evaluate: evaluateSection(values, place), export: exportSection(draft, place) },
  );
  return writeYaml(recipe);
}

/** A new model's shape is for a new model only. */
function forMethod(more: YamlMapping, method: string): YamlMapping {
  const { model, tokenizer, ...rest } = more;
  return method === 'scratch' ? { tokenizer, model, ...rest } : rest;
}

export function usesAdapter(method: TrainingDraft['recipe']['method']): boolean {
  return method === 'lora' || method === 'qlora';
}

/** Files are named by it: `my-run-Q8_0.gguf`. */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return plain || 'run';
}

function dataSection(values: RecipeValues, { hasValidation }: RecipePlace): YamlMapping {
  return {
    train: ['data/train.jsonl'],
    validation: hasValidation ? 'data/val.jsonl' : null,
    cache_dir: 'data/cache',
    max_length: values.maxLength,
    too_long: 'skip',
    questions_per_row: values.questionsPerRow,
    pack_length: Math.max(values.packLength, values.maxLength),
  };
}

function adapterSection({ rank, alpha, dropout }: RecipeValues): YamlMapping {
  return { rank, alpha, dropout };
}

function optimizerSection(values: RecipeValues): YamlMapping {
  return {
    learning_rate: values.learningRate,
    warmup_ratio: values.warmupRatio,
    weight_decay: values.weightDecay,
    gradient_clip: values.gradientClip,
  };
}

function trainSection(values: RecipeValues, { hasValidation }: RecipePlace): YamlMapping {
  return {
    epochs: values.epochs,
    min_steps: values.minSteps,
    max_steps: values.maxSteps,
    max_minutes: values.maxMinutes,
    packs_per_step: values.packsPerStep,
    precision: values.precision,
    log_every_steps: values.logEverySteps,
    evaluate_every_steps: hasValidation ? values.evaluateEverySteps : undefined,
    checkpoint_every_steps: values.checkpointEverySteps,
    keep_checkpoints: values.keepCheckpoints,
    early_stopping_evaluations: hasValidation ? values.earlyStoppingEvaluations : undefined,
  };
}

/** A model that writes sketches is not executed while it trains: the app expands its words, the trainer does not. */
function evaluateSection(values: RecipeValues, place: RecipePlace): YamlMapping {
  const executes =
    values.predictExamples > 0 && place.hasValidation && place.evaluateCommand && place.targetForm === 'sql';
  return executes
    ? { predict_examples: values.predictExamples, command: place.evaluateCommand }
    : { predict_examples: 0 };
}

function exportSection(
  { name }: TrainingDraft,
  { targetForm, license, attribution }: RecipePlace,
): YamlMapping {
  return { title: name, target_form: targetForm, license: license ?? '', attribution: attribution ?? '' };
}
