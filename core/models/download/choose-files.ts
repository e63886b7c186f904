import path from 'node:path';
import type { HubFile } from './hub.ts';

const quantization = /(?:^|[-_.])((?:I?Q\d(?:_[A-Z0-9]+)*)|F16|BF16|F32)(?=[-_.]|$)/i;

/** The quantization that a GGUF file's name tells: `Q4_K_M`. */
export function readQuantization(file: string): string | undefined {
  return quantization.exec(path.posix.basename(file, '.gguf'))?.[1]?.toUpperCase();
}

/** `NAME-00002-of-00003.gguf`: alone it is no model. */
export function isPartOfSeveral(file: string): boolean {
  return /-\d{5}-of-\d{5}\.gguf$/i.test(file);
}

/** GGUF files that are whole models or adapters, the largest first. */
export function chooseGgufFiles(files: readonly HubFile[]): HubFile[] {
  return files
    .filter(({ file }) => /\.gguf$/i.test(file) && !isPartOfSeveral(file))
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes || a.file.localeCompare(b.file));
}

/** What training reads beside the weights. */
const beside =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|model\.safetensors\.index)\.json$|^tokenizer\.model(\.v\d+)?$|^merges\.txt$|^vocab\.txt$|^chat_template\.(jinja|json)$|^(licen[cs]e|notice|readme)([.\w-]*)$/i;

/**
 * The files of a transformers model that training reads: weights as safetensors, once; configuration, tokenizer, licence.
 * Empty where the repository holds no such model.
 */
export function chooseFolderFiles(files: readonly HubFile[]): HubFile[] {
  // `consolidated.safetensors` are the same weights by other names; folders hold other formats.
  const weights = files.filter(({ file }) => /^model[\w.-]*\.safetensors$/.test(file));
  if (weights.length === 0 || !files.some(({ file }) => file === 'config.json')) return [];
  return [...files.filter(({ file }) => beside.test(file)), ...weights];
}
