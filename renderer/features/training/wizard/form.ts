import * as z from 'zod';
import {
  recipeValuesSchema,
  trainingMethodSchema,
  trainingRecipeSchema,
  type PartialDraft,
  type RecipeValues,
  type TrainingSource,
} from '../../../../core/contract/index.ts';

/*
 * The wizard as it is typed: numbers are text, so that nothing is lost while it is wrong. What is absent was not chosen;
 * `resolve.ts` proposes it.
 */

export const valueKeys = recipeValuesSchema.keyof().options;

const typedSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('spider'), version: z.string().optional(), weight: z.string() }),
  z.object({ kind: z.literal('verified'), connectionId: z.string(), weight: z.string() }),
  z.object({ kind: z.literal('file'), id: z.string(), path: z.string(), weight: z.string() }),
]);
export type TypedSource = z.infer<typeof typedSourceSchema>;
export type TypedFile = Extract<TypedSource, { kind: 'file' }>;

/** What was typed for another kind of base or place stays while one looks at the others. */
export const wizardFormSchema = z.object({
  name: z.string().optional(),
  sources: z.array(typedSourceSchema).optional(),
  validationPath: z.string(),
  /** Percent. */
  validationShare: z.string(),
  base: z.enum(['starter', 'folder', 'hub', 'scratch']).optional(),
  /** Id or path of the listed one that was chosen; absent: what was typed. */
  listedBase: z.string().optional(),
  folderPath: z.string(),
  folderOnTarget: z.boolean(),
  hubId: z.string(),
  hubRevision: z.string(),
  method: trainingMethodSchema.optional(),
  preset: z.string().optional(),
  changes: z.partialRecord(recipeValuesSchema.keyof(), z.string()),
  quantize: trainingRecipeSchema.shape.quantize.unwrap(),
  place: z.enum(['local', 'ssh', 'colab']),
  python: z.string(),
  hostId: z.string().optional(),
  projectId: z.string(),
  bucketName: z.string(),
  prefix: z.string(),
  /** Not in forms that were kept before there was one. */
  keyPath: z.string().default(''),
});
export type WizardForm = z.infer<typeof wizardFormSchema>;

export const emptyForm: WizardForm = {
  validationPath: '',
  validationShare: '10',
  folderPath: '',
  folderOnTarget: false,
  hubId: '',
  hubRevision: '',
  changes: {},
  quantize: ['Q8_0'],
  place: 'local',
  python: '',
  projectId: '',
  bucketName: '',
  prefix: 'sqlcodegen',
  keyPath: '',
};

/** The form that says what a draft says; what the draft leaves out is proposed. */
export function formOf(draft: PartialDraft): WizardForm {
  return {
    ...emptyForm,
    ...(draft.name === undefined ? {} : { name: draft.name }),
    ...dataOf(draft.data),
    ...baseOf(draft.base),
    ...recipeOf(draft.recipe),
    ...targetOf(draft.target),
  };
}

function dataOf(data: PartialDraft['data']): Partial<WizardForm> {
  if (!data) return {};
  const { sources, validationPath, validationShare } = data;
  return {
    ...(sources ? { sources: sources.map(typeSource) } : {}),
    ...(validationPath === undefined ? {} : { validationPath }),
    ...(validationShare === undefined ? {} : { validationShare: formatNumber(validationShare * 100) }),
  };
}

export function typeSource(source: TrainingSource, index = 0): TypedSource {
  const weight = formatNumber(source.weight);
  return source.kind === 'file' ? { ...source, id: `file-${index}`, weight } : { ...source, weight };
}

function baseOf(base: PartialDraft['base']): Partial<WizardForm> {
  if (!base) return {};
  if (base.kind === 'folder') {
    return { base: 'folder', listedBase: base.path, folderPath: base.path, folderOnTarget: base.onTarget };
  }
  if (base.kind === 'hub') {
    return { base: 'hub', listedBase: base.id, hubId: base.id, hubRevision: base.revision ?? '' };
  }
  return { base: base.kind };
}

function recipeOf(recipe: PartialDraft['recipe']): Partial<WizardForm> {
  if (!recipe) return {};
  const { method, preset, quantize, changes } = recipe;
  return {
    ...(method ? { method } : {}),
    ...(preset === undefined ? {} : { preset }),
    ...(quantize ? { quantize } : {}),
    ...(changes ? { changes: typeChanges(changes) } : {}),
  };
}

function typeChanges(changes: Partial<RecipeValues>): WizardForm['changes'] {
  return Object.fromEntries(
    Object.entries(changes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === 'number' ? formatNumber(value) : value]),
  );
}

function targetOf(target: PartialDraft['target']): Partial<WizardForm> {
  if (!target) return {};
  if (target.kind === 'local') return { place: 'local', python: target.python ?? '' };
  if (target.kind === 'ssh') return { place: 'ssh', hostId: target.hostId };
  const { projectId, bucketName, prefix, keyPath = '' } = target;
  return { place: 'colab', projectId, bucketName, prefix, keyPath };
}

/** As one types it: `0.0002`, not `2e-4`; no noise of binary fractions. */
export function formatNumber(value: number): string {
  const text = String(Number(value.toPrecision(12)));
  if (!text.includes('e')) return text;
  return value.toFixed(20).replace(/0+$/, '').replace(/\.$/, '');
}

/** What tells a source from others; its weight does not. */
export function keyOf(source: TypedSource | TrainingSource): string {
  if (source.kind === 'spider') return `spider:${source.version ?? ''}`;
  if (source.kind === 'verified') return `verified:${source.connectionId}`;
  return `file:${'id' in source ? source.id : source.path}`;
}
