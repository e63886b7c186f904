import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import {
  AppError,
  quantizationTypeSchema,
  type AdapterInfo,
  type BaseModelInfo,
  type ListedModel,
  type QuantizationType,
} from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { followJob } from './follow-job.ts';

/** `models list`, `models remove`, `models export`. */
export function registerModelsFiles(models: Command, context: CliContext): void {
  models
    .command('list')
    .description('models, adapters and base models that the app knows, and where they came from')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => list(json === true, context));
  models
    .command('remove')
    .description("deletes a file or folder of the app's own, with what lies beside it")
    .argument('<path>', 'as `models list` shows it')
    .option('--yes', 'do it; without it, only what would be deleted is said')
    .option('--json', 'print JSON')
    .action((file: string, flags: { yes?: boolean; json?: boolean }) => remove(file, flags, context));
  models
    .command('export')
    .description("merges a training run's adapter, writes GGUF and quantizes it into the models folder")
    .argument('<run>', 'the name of its folder')
    .option('--type <types>', `one or several of ${quantizationTypeSchema.options.join(', ')}`, parseTypes, [
      'Q8_0',
    ])
    .option('--checkpoint <name>', 'which (default: the best one)')
    .option('--json', 'print JSON')
    .action((runId: string, flags: ExportFlags) => exportRun(runId, flags, context));
}

interface ExportFlags {
  type: QuantizationType[];
  checkpoint?: string;
  json?: boolean;
}

function parseTypes(text: string): QuantizationType[] {
  return text.split(',').map((name) => {
    const type = quantizationTypeSchema.safeParse(name.trim().toUpperCase());
    if (type.success) return type.data;
    throw new InvalidArgumentError(`The types are ${quantizationTypeSchema.options.join(', ')}.`);
  });
}

async function list(json: boolean, { console, core }: CliContext): Promise<void> {
  const client = await core();
  const [{ models, inUse }, adapters, bases] = await Promise.all([
    client['models.catalogue']({}),
    client['models.adapters']({}),
    client['models.bases']({}),
  ]);
  if (json) return console.out(JSON.stringify({ inUse, models, adapters, bases }, null, 2));
  for (const model of models) console.out(describeModel(model, model.path === inUse));
  for (const adapter of adapters) console.out(describeAdapter(adapter));
  for (const base of bases) console.out(describeBase(base));
}

const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function describeModel(model: ListedModel, isInUse: boolean): string {
  const { name, architecture, quantization, sizeBytes, contextSize, licence } = model;
  const plain =
    model.targetForm === 'sql' && model.chatTemplate === false
      ? ', no chat template: prompted with plain text'
      : '';
  const facts = `${architecture} ${quantization}, ${megabytes(sizeBytes)}, context ${contextSize}${plain}`;
  const more = [licence, describeOrigin(model), isInUse ? 'in use' : undefined].filter(Boolean).join(', ');
  return `${name}  ${facts}${more === '' ? '' : `, ${more}`}\n  ${model.path}`;
}

function describeOrigin({ origin }: Pick<ListedModel, 'origin'>): string | undefined {
  if (origin?.kind === 'run') return `from the run ${origin.run}`;
  if (origin?.kind === 'download') return `from ${origin.hubId ?? origin.url}`;
  return origin && `quantized from ${origin.from}`;
}

function describeAdapter({ name, kind, sizeBytes, rank, base, path, misfit }: AdapterInfo): string {
  const facts = [
    `${kind} adapter`,
    base,
    rank === undefined ? undefined : `rank ${rank}`,
    megabytes(sizeBytes),
  ];
  return `${name}  ${facts.filter(Boolean).join(', ')}${misfit ? `. ${misfit}` : ''}\n  ${path}`;
}

function describeBase({ name, architecture, sizeBytes, licence, path, problem }: BaseModelInfo): string {
  const facts = ['base model', architecture, megabytes(sizeBytes), licence].filter(Boolean).join(', ');
  return `${name}  ${facts}${problem ? `. ${problem}` : ''}\n  ${path}`;
}

async function remove(
  file: string,
  { yes, json }: { yes?: boolean; json?: boolean },
  { console, core }: CliContext,
): Promise<void> {
  const path = resolve(file);
  if (!yes) {
    throw new AppError('INVALID_INPUT', `${path} would be deleted for good.`, {
      hint: 'Add --yes to do it.',
    });
  }
  const freed = await (await core())['models.delete']({ path });
  console.out(
    json ? JSON.stringify(freed, null, 2) : `Deleted ${path}: ${megabytes(freed.freedBytes)} are free.`,
  );
}

async function exportRun(runId: string, flags: ExportFlags, context: CliContext): Promise<void> {
  const client = await context.core();
  const { type: types, checkpoint } = flags;
  const asked = { runId, types, ...(checkpoint === undefined ? {} : { checkpoint }) };
  const { jobId } = await client['training.export'](asked, { signal: context.signal });
  await followJob(jobId, context);
  const { models } = await client['models.catalogue']({});
  const made = models.filter(({ origin }) => origin?.kind === 'run' && origin.runId === runId);
  context.console.out(
    flags.json ? JSON.stringify(made, null, 2) : made.map((model) => describeModel(model, false)).join('\n'),
  );
}
