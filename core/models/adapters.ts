import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError, type AdapterInfo } from '../contract/index.ts';
import { readOrigin } from './origin.ts';
import { measureFolder } from './measure-folder.ts';

export interface AdapterFolders {
  /** Where GGUF files lie. */
  models: string;
  /** Where training runs lie. */
  runs: string;
}

export interface AdapterDeps {
  folders: AdapterFolders;
  /** The GGUF file for questions that name none; undefined where that is a server. */
  modelInUse(): string | undefined;
  /** An adapter's own header. @throws AppError for what is none */
  describe(file: string): Promise<{ name: string; rank: number; alpha: number; architecture: string }>;
  /** @throws AppError MODEL_INCOMPATIBLE where they do not fit together */
  holdAgainst(file: string, modelFile: string): Promise<unknown>;
}

/** The adapters of the models folder and of training runs; what is none is left out. */
export async function listAdapters(deps: AdapterDeps): Promise<AdapterInfo[]> {
  const runs = await listFolders(deps.folders.runs);
  const files = await Promise.all([
    listGguf(deps.folders.models),
    ...runs.map((run) => listGguf(path.join(run, 'gguf'))),
  ]);
  const found = await Promise.all([
    ...files.flat().map((file) => describeGguf(deps, file)),
    ...runs.map((run) => describePeft(path.join(run, 'adapter'))),
  ]);
  return found.filter((adapter) => adapter !== undefined);
}

async function describeGguf(deps: AdapterDeps, file: string): Promise<AdapterInfo | undefined> {
  try {
    const { name, rank, alpha, architecture } = await deps.describe(file);
    const { size } = await stat(file);
    const origin = await readOrigin(file);
    return {
      ...{ kind: 'gguf', name, path: file, sizeBytes: size, rank, alpha, base: architecture },
      ...(origin ? { origin } : {}),
      owned: path.dirname(file) === deps.folders.models,
      ...(await holdAgainstModel(deps, file)),
    };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

async function holdAgainstModel(
  { modelInUse, holdAgainst }: AdapterDeps,
  file: string,
): Promise<Pick<AdapterInfo, 'fits' | 'misfit'>> {
  const model = modelInUse();
  if (model === undefined) return {};
  try {
    await holdAgainst(file, model);
    return { fits: true };
  } catch (error) {
    return { fits: false, misfit: AppError.from(error).message };
  }
}

const peftSchema = z.looseObject({
  peft_type: z.string(),
  base_model_name_or_path: z.string().nullish(),
  r: z.number().optional(),
  lora_alpha: z.number().optional(),
});

/** PEFT's folder: `adapter_config.json` beside `adapter_model.safetensors`. */
async function describePeft(folder: string): Promise<AdapterInfo | undefined> {
  const text = await readFile(path.join(folder, 'adapter_config.json'), 'utf8').catch(() => undefined);
  const config = peftSchema.safeParse(parse(text));
  if (!config.success) return undefined;
  const { r, lora_alpha: alpha, base_model_name_or_path: base } = config.data;
  return {
    kind: 'peft',
    name: path.basename(path.dirname(folder)),
    path: folder,
    sizeBytes: await measureFolder(folder),
    ...(r === undefined ? {} : { rank: r }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(base ? { base } : {}),
    owned: false,
    fits: false,
    misfit: 'It is a folder of PEFT, which llama.cpp does not read: export its run to get a GGUF file.',
  };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => path.join(folder, name))
    .toSorted();
}

async function listGguf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.gguf'))
    .toSorted()
    .map((name) => path.join(folder, name));
}
