import {
  recipeValuesSchema,
  type RecipePreset,
  type RecipeValues,
  type TrainingMethod,
} from '../../../../core/contract/index.ts';
import { formatNumber, valueKeys, type WizardForm } from './form.ts';

export type ValueKey = keyof RecipeValues;

export const valueGroups = [
  { id: 'end', keys: ['epochs', 'minSteps', 'maxSteps', 'maxMinutes', 'earlyStoppingEvaluations'] },
  { id: 'learning', keys: ['learningRate', 'warmupRatio', 'weightDecay', 'gradientClip'] },
  { id: 'adapter', keys: ['rank', 'alpha', 'dropout'] },
  { id: 'batches', keys: ['maxLength', 'packLength', 'packsPerStep', 'questionsPerRow', 'precision'] },
  {
    id: 'watching',
    keys: [
      'evaluateEverySteps',
      'predictExamples',
      'checkpointEverySteps',
      'keepCheckpoints',
      'logEverySteps',
      'seed',
    ],
  },
] as const satisfies { id: string; keys: readonly ValueKey[] }[];
export type ValueGroup = (typeof valueGroups)[number]['id'];

/** Only adapters have a rank. */
export function groupsFor(method: TrainingMethod) {
  return valueGroups.filter(({ id }) => id !== 'adapter' || method === 'lora' || method === 'qlora');
}

/** What ends a run. Whichever of them is chosen takes the place of the preset's, and of its least number of steps. */
const limits: readonly ValueKey[] = ['epochs', 'maxSteps', 'maxMinutes'];

const isTyped = (form: WizardForm, key: ValueKey) => (form.changes[key] ?? '').trim() !== '';

/** Whether a chosen limit takes the place of what the preset says here. */
export function isReplaced(form: WizardForm, key: ValueKey): boolean {
  const isLimit = key === 'minSteps' || limits.includes(key);
  return isLimit && limits.some((limit) => limit !== key && isTyped(form, limit));
}

/** What a preset says, as it would be typed; empty where it says nothing. */
export function presetText(preset: RecipePreset, key: ValueKey): string {
  const value = preset.values[key];
  return typeof value === 'number' ? formatNumber(value) : (value ?? '');
}

/** @returns the value, or undefined where it is no such value */
export function parseValue(key: ValueKey, text: string): RecipeValues[ValueKey] {
  const typed = key === 'precision' ? text : toNumber(text);
  // One key of many: what it holds is what its own part of the schema made of it.
  return recipeValuesSchema.shape[key].safeParse(typed).data as RecipeValues[ValueKey];
}

/** Undefined for anything that is no plain number. */
export function toNumber(text: string): number | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return undefined;
  return Number(trimmed);
}

export interface Changes {
  values: Partial<RecipeValues>;
  wrong: ValueKey[];
}

/** What differs from the preset. A field that was emptied is as the preset has it. */
export function readChanges(form: WizardForm, preset: RecipePreset, method: TrainingMethod): Changes {
  const shown = new Set<ValueKey>(groupsFor(method).flatMap(({ keys }) => keys));
  const read: Changes = { values: {}, wrong: [] };
  for (const key of valueKeys) {
    const text = form.changes[key];
    if (text === undefined || !isTyped(form, key) || !shown.has(key)) continue;
    const value = parseValue(key, text);
    if (value === undefined) read.wrong.push(key);
    else if (value !== preset.values[key] || isReplaced(form, key))
      Object.assign(read.values, { [key]: value });
  }
  return read;
}

/** What rules of two values say, by the value to mend. */
export function findConflict(values: RecipeValues): ValueKey | undefined {
  if (values.packLength < values.maxLength) return 'packLength';
  return undefined;
}
