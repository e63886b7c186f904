import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { ModelInfo } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { registerModelsCheck } from './models-check.ts';
import { registerModelsFiles } from './models-files.ts';
import { registerModelsPull } from './models-pull.ts';
import { registerModelsQuantize } from './models-quantize.ts';
import { registerModelsReport } from './models-report.ts';
import { registerModelsServers } from './models-servers.ts';
import { registerModelsUse } from './models-use.ts';

export function registerModels(program: Command, context: CliContext): void {
  const models = program.command('models').description('models on this machine');
  registerModelsFiles(models, context);
  registerModelsPull(models, context);
  models
    .command('inspect')
    .description('what a GGUF file says about itself, and the memory that it takes')
    .argument('<file>', 'a GGUF file')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }) => inspect(resolve(file), json === true, context));
  registerModelsQuantize(models, context);
  registerModelsCheck(models, context);
  registerModelsReport(models, context);
  registerModelsUse(models, context);
  registerModelsServers(models, context);
}

async function inspect(path: string, json: boolean, { console, core }: CliContext): Promise<void> {
  const client = await core();
  const info = await client['models.inspect']({ path });
  const { neededBytes, gpuNeededBytes, freeBytes, gpuLayers, layers, fits, contextSize } = await client[
    'models.memory'
  ]({ path });
  const memory = { neededBytes, gpuNeededBytes, freeBytes, gpuLayers, layers, contextSize, fits };
  if (json) return console.out(JSON.stringify({ ...info, memory }, null, 2));
  console.out(formatModel(info));
  const gpu =
    gpuNeededBytes === 0
      ? ''
      : ` and ${megabytes(gpuNeededBytes)} of the GPU (${gpuLayers} of ${layers} layers)`;
  const verdict = fits ? 'fits' : 'does not fit';
  console.out(
    `  needs ${megabytes(neededBytes)}${gpu} for ${contextSize} tokens, ${megabytes(freeBytes)} free: ${verdict}`,
  );
}

const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function formatModel(model: ModelInfo): string {
  const { name, architecture, quantization, sizeBytes, contextSize, path } = model;
  const plain = isPlain(model) ? ', no chat template: prompted with plain text' : '';
  return `${name}  ${architecture} ${quantization}, ${megabytes(sizeBytes)}, context ${contextSize}${plain}\n  ${path}`;
}

/** A model that writes SQL from a prompt without a chat template. */
function isPlain({ targetForm, chatTemplate }: ModelInfo): boolean {
  return targetForm === 'sql' && chatTemplate === false;
}
