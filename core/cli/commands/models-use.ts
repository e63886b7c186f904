import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  AppError,
  formatModelReference,
  parseEndpoint,
  type CoreClient,
  type MemoryEstimate,
  type ModelDetails,
  type ModelFigures,
} from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { nameReason } from '../name-reason.ts';
import { formatShare } from './eval-format.ts';

interface JsonFlag {
  json?: boolean;
}

/** Which model answers, and what is known of each. */
export function registerModelsUse(models: Command, context: CliContext): void {
  const { console, core } = context;
  models
    .command('use')
    .description('answer questions with this model from now on, here and in the app')
    .argument('<model>', "a GGUF file, a server's address, or `starter`")
    .option('--adapter <file>', 'with this LoRA adapter (GGUF)')
    .option('--anyway', 'although it does not fit into memory')
    .option('--because <reason>', 'although a training run made it and no gate speaks for it')
    .option('--json', 'print JSON')
    .action((model: string, flags: UseFlags) => use(model, flags, context));
  models
    .command('load')
    .description(
      'bring a model into memory once: whether it fits, and how long it takes; nothing stays loaded',
    )
    .argument('<file>', 'a GGUF file')
    .option('--anyway', 'skip the check of memory')
    .option('--json', 'print JSON')
    .action((file: string, flags: UseFlags) => load(resolve(file), flags, context));
  models
    .command('adapter')
    .description('which adapter the questions of a connection are answered with')
    .argument('[connection]', 'its id, as demo:retail (default: all that have one)')
    .argument('[file]', 'a GGUF adapter from now on, or `none`')
    .option('--json', 'print JSON')
    .action((connection: string | undefined, file: string | undefined, flags: JsonFlag) =>
      setAdapter(connection, file, flags, context),
    );
  models
    .command('add')
    .description('list a GGUF file that lies elsewhere')
    .argument('<file>', 'a GGUF file')
    .action(async (file: string) => {
      const { name, path } = await (await core())['models.add']({ path: resolve(file) });
      console.out(`${name} is listed: ${path}`);
    });
  models
    .command('forget')
    .description('take a file that was added from the list; the file stays')
    .argument('<file>', 'as `models list` shows it')
    .action(async (file: string) => {
      await (await core())['models.forget']({ path: resolve(file) });
      console.out(`${resolve(file)} is not listed any more.`);
    });
  registerKnowledge(models, context);
}

function registerKnowledge(models: Command, { console, core }: CliContext): void {
  models
    .command('details')
    .description("a file's header, chat template, tensor types and origin")
    .argument('<file>', 'a GGUF file')
    .option('--json', 'print JSON')
    .action(async (file: string, { json }: JsonFlag) => {
      const details = await (await core())['models.details']({ path: resolve(file) });
      console.out(json === true ? JSON.stringify(details, null, 2) : formatDetails(details));
    });
  models
    .command('figures')
    .description('what was measured of each model: accuracy, speed, memory')
    .option('--json', 'print JSON')
    .action(async ({ json }: JsonFlag) => {
      const figures = await (await core())['models.figures']({});
      if (json === true) return console.out(JSON.stringify(figures, null, 2));
      console.out(figures.length === 0 ? 'Nothing was measured yet.' : figures.map(formatFigures).join('\n'));
    });
}

interface UseFlags extends JsonFlag {
  adapter?: string;
  because?: string;
  anyway?: boolean;
}

async function use(model: string, flags: UseFlags, { console, core }: CliContext): Promise<void> {
  const client = await core();
  const modelPath = model === 'starter' ? '' : await referTo(model, flags, client);
  await nameReason(
    client['loop.use']({
      model: { path: modelPath },
      ...(flags.because !== undefined && { insistBecause: flags.because }),
    }),
  );
  const { inUse } = await client['models.catalogue']({});
  console.out(flags.json === true ? JSON.stringify({ inUse }, null, 2) : `In use now: ${inUse}`);
}

/** What stands in the settings for a server, or for a file that is a model and fits. */
async function referTo(model: string, { adapter, anyway }: UseFlags, client: CoreClient): Promise<string> {
  if (parseEndpoint(model)) return model;
  const path = resolve(model);
  await client['models.inspect']({ path });
  const adapterPath = adapter === undefined ? undefined : resolve(adapter);
  if (adapterPath !== undefined && !existsSync(adapterPath)) {
    throw new AppError('NOT_FOUND', `There is no file ${adapterPath}.`, { hint: 'Check its path.' });
  }
  const memory = await client['models.memory']({ path, ...(adapterPath !== undefined && { adapterPath }) });
  if (!memory.fits && anyway !== true) throw tooLarge(memory);
  const listed = (await client['models.catalogue']({})).models.some((one) => one.path === path);
  if (!listed) await client['models.add']({ path });
  return formatModelReference({ path, adapterPath });
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

function tooLarge({ neededBytes, freeBytes, smaller }: MemoryEstimate): AppError {
  return new AppError(
    'OUT_OF_MEMORY',
    `It needs ${gigabytes(neededBytes)}, ${gigabytes(freeBytes)} are free.`,
    {
      hint: smaller
        ? `${smaller.name} ${smaller.quantization} fits: ${smaller.path}. Or add --anyway.`
        : 'Close other programs, quantize it to a smaller type, or add --anyway.',
    },
  );
}

async function load(path: string, { anyway, json }: UseFlags, { core, console, signal }: CliContext) {
  const client = await core();
  const startedAt = performance.now();
  await client['models.load']({ path, anyway: anyway === true }, { signal });
  const seconds = (performance.now() - startedAt) / 1_000;
  const { loaded } = await client['models.loaded']({});
  if (json === true) return console.out(JSON.stringify({ seconds, ...loaded }, null, 2));
  const layers = loaded ? `, ${loaded.gpuLayers} of ${loaded.layers} layers on ${loaded.device}` : '';
  console.out(`Loaded in ${seconds.toFixed(1)} s${layers}.`);
}

async function setAdapter(
  connectionId: string | undefined,
  file: string | undefined,
  { json }: JsonFlag,
  { core, console }: CliContext,
): Promise<void> {
  const client = await core();
  const path = file === undefined || file === 'none' ? undefined : resolve(file);
  const kept =
    connectionId === undefined || file === undefined
      ? await client['models.connectionAdapters']({})
      : await client['models.setConnectionAdapter']({ connectionId, ...(path !== undefined && { path }) });
  if (json === true) return console.out(JSON.stringify(kept, null, 2));
  if (connectionId !== undefined) {
    const { ignored } = await client['models.answering']({ connectionId });
    if (ignored) console.err(`Not applied now: ${ignored.reason}`);
  }
  const shown = Object.entries(kept).filter(([id]) => connectionId === undefined || id === connectionId);
  console.out(shown.length === 0 ? 'No adapter.' : shown.map(([id, at]) => `${id}  ${at}`).join('\n'));
}

function formatDetails({ info, metadata, chatTemplate, tensorTypes, origin }: ModelDetails): string {
  return [
    `${info.name}  ${info.architecture} ${info.quantization}\n  ${info.path}`,
    ...(origin ? [`Origin: ${JSON.stringify(origin)}`] : []),
    'Tensors:',
    ...tensorTypes.map(({ type, tensors, parameters }) => `  ${type}: ${tensors}, ${parameters} weights`),
    'Header:',
    ...metadata.map(({ key, value }) => `  ${key} = ${value}`),
    ...(chatTemplate === undefined ? ['No chat template.'] : ['Chat template:', chatTemplate]),
  ].join('\n');
}

function formatFigures({ path, accuracy, speed }: ModelFigures): string {
  return [
    path,
    ...accuracy.map(
      ({ split, mode, execution }) => `  execution accuracy on ${split}, ${mode}: ${formatShare(execution)}`,
    ),
    ...(speed
      ? [
          `  ${speed.tokensPerSecond.toFixed(1)} tokens a second on ${speed.device}, ${gigabytes(speed.memoryBytes)} of memory`,
        ]
      : []),
  ].join('\n');
}
