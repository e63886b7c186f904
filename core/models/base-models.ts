import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { BaseModelInfo } from '../contract/index.ts';
import { measureFolder } from './measure-folder.ts';
import { readOrigin } from './origin.ts';

const configSchema = z.looseObject({
  architectures: z.array(z.string()).optional(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
});
const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * The transformers models in `base-models` of the data folder, one or two folders deep, and the starter's own weights.
 * What is still being downloaded lies in hidden folders and is left out.
 */
export async function listBaseModels({
  folder,
  starter,
}: {
  folder: string;
  /** Undefined where it is not part of this installation. */
  starter: string | undefined;
}): Promise<BaseModelInfo[]> {
  const first = await listFolders(folder);
  const second = (await Promise.all(first.map(listFolders))).flat();
  const owned = await Promise.all(
    [...first, ...second].map((each) => describe(each, path.relative(folder, each), true)),
  );
  const shipped = starter === undefined ? undefined : await describe(starter, 'Studio starter', false);
  return [shipped, ...owned].filter((each) => each !== undefined);
}

async function describe(folder: string, name: string, owned: boolean): Promise<BaseModelInfo | undefined> {
  const text = await readFile(path.join(folder, 'config.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const config = configSchema.safeParse(parse(text)).data;
  const dtype = config?.dtype ?? config?.torch_dtype ?? undefined;
  const architecture = config?.architectures?.[0];
  const origin = await readOrigin(folder);
  const licence = origin?.licence ?? (await readCardLicence(folder));
  const problem = config === undefined ? 'config.json is damaged.' : await findProblem(folder);
  return {
    ...{ name: name.split(path.sep).join('/'), path: folder, sizeBytes: await measureFolder(folder) },
    ...(architecture === undefined ? {} : { architecture }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(licence === undefined ? {} : { licence }),
    ...(origin === undefined ? {} : { origin }),
    owned,
    ...(problem === undefined ? {} : { problem }),
  };
}

async function findProblem(folder: string): Promise<string | undefined> {
  const files = new Set(await readdir(folder));
  const text = await readFile(path.join(folder, 'model.safetensors.index.json'), 'utf8').catch(
    () => undefined,
  );
  const index = indexSchema.safeParse(parse(text ?? '')).data;
  const missing = index && [...new Set(Object.values(index.weight_map))].find((shard) => !files.has(shard));
  if (missing !== undefined) return `${missing} is missing: download it again.`;
  if (![...files].some((name) => name.endsWith('.safetensors'))) return 'It holds no weights as safetensors.';
  const hasTokenizer = [...files].some((name) => /^tokenizer\.(json|model)/.test(name));
  return hasTokenizer ? undefined : 'It holds no tokenizer.';
}

/** `license: apache-2.0` of a model card's head. */
async function readCardLicence(folder: string): Promise<string | undefined> {
  const text = await readFile(path.join(folder, 'README.md'), 'utf8').catch(() => '');
  const head = /^---\n(.*?)\n---/s.exec(text)?.[1] ?? '';
  return /^license:\s*(\S+)/m.exec(head)?.[1];
}

async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => path.join(folder, name))
    .toSorted();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
