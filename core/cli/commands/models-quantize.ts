import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolve } from 'node:path';
import {
  embeddingTypeSchema,
  quantizationTypeSchema,
  type EmbeddingType,
  type QuantizationType,
  type QuantizedModel,
} from '../../contract/index.ts';
import type { CliContext } from '../context.ts';

interface QuantizeFlags {
  type: QuantizationType[];
  out?: string;
  embeddingType?: EmbeddingType;
  allowRequantize?: boolean;
  force?: boolean;
  json?: boolean;
}

export function registerModelsQuantize(models: Command, context: CliContext): void {
  models
    .command('quantize')
    .description("smaller files of one model, made by llama.cpp's own quantizer")
    .argument('<file>', 'a GGUF file, F16, BF16 or F32')
    .requiredOption(
      '--type <types>',
      `one or several of ${quantizationTypeSchema.options.join(', ')}, with commas`,
      parseTypes,
    )
    .option('--out <path>', 'a .gguf file for one type, or a folder (default: beside the file)')
    .addOption(
      new Option(
        '--embedding-type <type>',
        "the token embeddings' own type (default: llama.cpp chooses)",
      ).choices(embeddingTypeSchema.options),
    )
    .option('--allow-requantize', 'take a file that is quantized already, which loses accuracy')
    .option('--force', 'replace files that are there already')
    .option('--json', 'print JSON')
    .action((file: string, flags: QuantizeFlags) => quantize(file, flags, context));
}

/** `Q4_K_M,Q8_0`, in any case. */
function parseTypes(text: string): QuantizationType[] {
  return text.split(',').map((name) => {
    const type = quantizationTypeSchema.safeParse(name.trim().toUpperCase());
    if (type.success) return type.data;
    throw new InvalidArgumentError(`The types are ${quantizationTypeSchema.options.join(', ')}.`);
  });
}

async function quantize(
  file: string,
  flags: QuantizeFlags,
  { console, core, signal }: CliContext,
): Promise<void> {
  const written: QuantizedModel[] = [];
  const { type: types, embeddingType, allowRequantize } = flags;
  const out = flags.out === undefined ? undefined : resolve(flags.out);
  const replace = flags.force === true;
  const input = { path: resolve(file), types, out, embeddingType, allowRequantize, replace };
  const client = await core();
  for await (const item of client['models.quantize'](input, { signal })) {
    if (item.kind === 'progress') console.progress(`${item.type}  ${item.done} of ${item.total} tensors`);
    else {
      written.push(item.model);
      if (!flags.json) console.err(`${item.model.type} written.`);
    }
  }
  console.out(flags.json ? JSON.stringify(written, null, 2) : formatTable(written));
}

function formatTable(models: readonly QuantizedModel[]): string {
  const rows = models.map(({ type, sizeBytes, ratio, seconds, path }) =>
    [
      type.padEnd(7),
      `${(sizeBytes / 1024 ** 2).toFixed(1)} MiB`.padStart(12),
      `${ratio.toFixed(2)}×`.padStart(8),
      `${seconds.toFixed(1)} s`.padStart(9),
      ` ${path}`,
    ].join(' '),
  );
  const fallbacks = models
    .filter(({ fallbackTensors }) => fallbackTensors > 0)
    .map(
      ({ type, fallbackTensors }) =>
        `${type}: the rows of ${fallbackTensors} tensors do not fit its blocks; llama.cpp gave them another type.`,
    );
  return ['type            size  smaller   seconds  file', ...rows, ...fallbacks].join('\n');
}
