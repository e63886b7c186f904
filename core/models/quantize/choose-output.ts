import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError, type QuantizationType } from '../../contract/index.ts';

/**
 * Where each type goes: `out` as it is where it ends with `.gguf`; else into the folder `out`, or beside the input, by
 * the input's name with the type in place of its own (`model-f16.gguf` → `model-Q4_K_M.gguf`).
 * @throws INVALID_INPUT when a name would stand for two files, or for the input
 */
export function chooseOutputs(input: string, types: readonly QuantizationType[], out?: string): string[] {
  const files = types.map((type) => chooseOutput(input, type, out));
  if (new Set(files).size < files.length) {
    throw new AppError('INVALID_INPUT', `${types.join(', ')} cannot all be written to the same file.`, {
      hint: 'Name each type once, and a folder instead of a file when there are several.',
    });
  }
  if (files.includes(path.resolve(input))) {
    throw new AppError('INVALID_INPUT', `${input} would be overwritten by its own quantization.`, {
      hint: 'Choose another file or folder with --out.',
    });
  }
  return files;
}

function chooseOutput(input: string, type: QuantizationType, out: string | undefined): string {
  if (out?.endsWith('.gguf')) return path.resolve(out);
  const stem = path.basename(input, '.gguf').replace(/[-.](b?f16|f32|fp16|fp32)$/i, '');
  return path.resolve(out ?? path.dirname(input), `${stem}-${type}.gguf`);
}

/** @throws AppError CONFLICT, with this hint, where one of the files is there already */
export function expectFree(files: readonly string[], hint: string): void {
  const taken = files.find((file) => existsSync(file));
  if (taken !== undefined) throw new AppError('CONFLICT', `${taken} is there already.`, { hint });
}
