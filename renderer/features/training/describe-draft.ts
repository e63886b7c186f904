import type {
  RecipePreset,
  TrainingDraft,
  TrainingRunInfo,
  TrainingSource,
} from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { formatCount } from '../../lib/format-values.ts';

const text = copy.training.setup;

export interface NamedFact {
  name: string;
  value: string;
}

/**
 * What a draft asks for, each by its name: as a run's page shows it and as runs are compared by it. With `presets`, also
 * what its preset sets, where the draft changes nothing.
 */
export function describeDraft(draft: TrainingDraft, presets: readonly RecipePreset[] = []): NamedFact[] {
  const { data, base, recipe, target } = draft;
  const { facts } = text;
  const values = { ...presets.find(({ id }) => id === recipe.preset)?.values, ...recipe.changes };
  return [
    { name: facts.data, value: data.sources.map(describeSource).join(', ') },
    {
      name: facts.validation,
      value: data.validationPath ?? text.heldBack(`${Math.round(data.validationShare * 100)} %`),
    },
    { name: facts.base, value: describeBase(base) },
    { name: facts.method, value: copy.training.methods[recipe.method] },
    { name: facts.preset, value: recipe.preset },
    ...Object.entries(values).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [{ name: text.values[key as keyof typeof text.values], value: String(value) }],
    ),
    { name: facts.types, value: recipe.quantize.join(', ') || copy.common.none },
    { name: facts.target, value: text.targets[target.kind] },
  ];
}

function describeSource(source: TrainingSource): string {
  const weight = source.weight === 1 ? '' : ` × ${source.weight}`;
  if (source.kind === 'file') return `${source.path}${weight}`;
  if (source.kind === 'verified') return `${text.verified(source.connectionId)}${weight}`;
  return `${text.spider(source.version?.slice(0, 12))}${weight}`;
}

function describeBase(base: TrainingDraft['base']): string {
  if (base.kind === 'hub') return base.revision ? `${base.id} @ ${base.revision}` : base.id;
  return base.kind === 'folder' ? base.path : copy.training.bases[base.kind];
}

/** `100 %`, `12 %`, `0.58 %`: never `1.0e+2 %`. */
function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** What a run's trainer said of itself when it began. */
export function describeStart(started: NonNullable<TrainingRunInfo['started']>): NamedFact[] {
  const { facts } = text;
  return [
    { name: facts.device, value: text.devices(started.device, started.devices, started.threads) },
    { name: facts.precision, value: started.precision },
    { name: facts.parameters, value: formatCount(started.parameters) },
    {
      name: facts.trainable,
      value: `${formatCount(started.trainable_parameters)} (${formatShare(started.trainable_parameters / started.parameters)})`,
    },
    { name: facts.examples, value: formatCount(started.examples) },
    { name: facts.promptTokens, value: formatCount(started.prompt_tokens) },
    { name: facts.completionTokens, value: formatCount(started.completion_tokens) },
    { name: facts.sharedTokens, value: formatCount(started.shared_tokens) },
    { name: facts.packs, value: text.packs(formatCount(started.packs), started.packs_per_step) },
    {
      name: facts.limit,
      value:
        started.max_steps === null
          ? text.minutes(started.max_minutes ?? 0)
          : text.steps(formatCount(started.max_steps)),
    },
    ...(started.commit === null ? [] : [{ name: facts.commit, value: started.commit }]),
  ];
}
