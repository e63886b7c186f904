import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { ModelInfo } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { registerModelsCheck } from './models-check.ts';
import { registerModelsQuantize } from './models-quantize.ts';

interface JsonFlag {
  json?: boolean;
}

export function registerModels(program: Command, context: CliContext): void {
  const models = program.command('models').description('models on this machine');
  models
    .command('list')
    .description('the models that the app knows')
    .option('--json', 'print JSON')
    .action(async (flags: JsonFlag) => {
      print(await (await context.core())['models.list']({}), flags, context);
    });
  models
    .command('inspect')
    .description('what a GGUF file says about itself')
    .argument('<file>', 'a GGUF file')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: JsonFlag) => {
      print(await (await context.core())['models.inspect']({ path: resolve(file) }), flags, context);
    });
  registerModelsQuantize(models, context);
  registerModelsCheck(models, context);
}

function print(models: ModelInfo | ModelInfo[], { json }: JsonFlag, { console }: CliContext): void {
  if (json) console.out(JSON.stringify(models, null, 2));
  else for (const model of [models].flat()) console.out(formatModel(model));
}

function formatModel(model: ModelInfo): string {
  const { name, architecture, quantization, sizeBytes, contextSize, path } = model;
  const megabytes = (sizeBytes / 1024 ** 2).toFixed(1);
  const plain = isPlain(model) ? ', no chat template: prompted with plain text' : '';
  return `${name}  ${architecture} ${quantization}, ${megabytes} MiB, context ${contextSize}${plain}\n  ${path}`;
}

/** A model that writes SQL from a prompt without a chat template. */
function isPlain({ targetForm, chatTemplate }: ModelInfo): boolean {
  return targetForm === 'sql' && chatTemplate === false;
}
