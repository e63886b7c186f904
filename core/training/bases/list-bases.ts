import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BaseInfo } from '../../contract/index.ts';
import { titleOf, type BaseFolders } from './resolve-base.ts';

interface KnownBase {
  id: string;
  parameters: number;
  sizeBytes: number;
  licence: string;
  explanation: string;
}

/**
 * Bases of the hub that the trainer knows the architecture of and whose licence allows any use, as their pages on the hub
 * said in November 2026; sizes are of their bf16 weights.
 */
const knownBases: readonly KnownBase[] = [
  {
    id: 'mistralai/Mistral-7B-v0.1',
    ...{ parameters: 7_241_732_096, sizeBytes: 14_483_498_224, licence: 'Apache-2.0' },
    explanation:
      'For one GPU of 16 GB or more: what the recipes were written for, and the seed project used.',
  },
  {
    id: 'Qwen/Qwen2.5-Coder-1.5B',
    ...{ parameters: 1_543_714_304, sizeBytes: 3_087_467_144, licence: 'Apache-2.0' },
    explanation: 'For one GPU of 8 GB or more: a small model that has read much code.',
  },
  {
    id: 'Qwen/Qwen2.5-Coder-0.5B',
    ...{ parameters: 494_032_768, sizeBytes: 988_097_824, licence: 'Apache-2.0' },
    explanation: 'For a small GPU, or a processor with patience.',
  },
  {
    id: 'HuggingFaceTB/SmolLM2-360M',
    ...{ parameters: 361_821_120, sizeBytes: 723_674_912, licence: 'Apache-2.0' },
    explanation: 'For a processor or a small GPU: reads plain English, and has seen little SQL.',
  },
];

/** What can be fine-tuned: what lies here first, then what can be downloaded, then a new model. */
export async function listBases(folders: BaseFolders): Promise<BaseInfo[]> {
  const present = await listDownloaded(folders.baseModels);
  const ids = new Set(present.map(({ id }) => id));
  const absent = knownBases.filter(({ id }) => !ids.has(id));
  return [
    await describeStarter(folders.starterBase),
    ...present.map(({ info }) => info),
    ...absent.map(describeKnown),
    {
      ...{ base: { kind: 'scratch' as const }, title: titleOf({ kind: 'scratch' }) },
      ...{ targetForm: 'sketch' as const, present: true },
      explanation: 'For those who have a hundred thousand examples: random weights know no words at all.',
    },
  ];
}

async function describeStarter(folder: string): Promise<BaseInfo> {
  const sizeBytes = await weightBytes(folder);
  return {
    ...{ base: { kind: 'starter' }, title: titleOf({ kind: 'starter' }), targetForm: 'sketch' },
    ...{ present: sizeBytes > 0, licence: 'CC-BY-SA-4.0' },
    ...(sizeBytes > 0 ? { sizeBytes, parameters: await countParameters(folder) } : {}),
    explanation:
      'For any machine: the small model that comes with the app, fine-tuned in minutes on a processor.',
  };
}

function describeKnown({ id, ...known }: KnownBase): BaseInfo {
  return { base: { kind: 'hub', id }, title: id, targetForm: 'sql', present: false, ...known };
}

async function listDownloaded(baseModels: string): Promise<{ id: string; info: BaseInfo }[]> {
  const owners = await readdir(baseModels, { withFileTypes: true }).catch(() => []);
  const found = owners
    .filter((owner) => owner.isDirectory() && !owner.name.startsWith('.'))
    .map(async ({ name: owner }) => {
      const names = await readdir(join(baseModels, owner), { withFileTypes: true }).catch(() => []);
      const models = names.filter((model) => model.isDirectory() && !model.name.startsWith('.'));
      return Promise.all(models.map(({ name }) => describeDownloaded(baseModels, `${owner}/${name}`)));
    });
  return (await Promise.all(found)).flat(2).toSorted((a, b) => a.id.localeCompare(b.id));
}

async function describeDownloaded(baseModels: string, id: string): Promise<{ id: string; info: BaseInfo }[]> {
  const folder = join(baseModels, ...id.split('/'));
  const sizeBytes = await weightBytes(folder);
  const isModel = (await stat(join(folder, 'config.json')).catch(() => undefined))?.isFile() === true;
  if (!isModel || sizeBytes === 0) return [];
  const known = knownBases.find((one) => one.id === id);
  const info: BaseInfo = {
    ...{ base: { kind: 'hub', id }, title: id, targetForm: 'sql', present: true, sizeBytes },
    parameters: known?.parameters ?? (await countParameters(folder)),
    ...(known && { licence: known.licence }),
    explanation: known?.explanation ?? 'Downloaded to this machine.',
  };
  return [{ id, info }];
}

async function weightFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.safetensors')).map((name) => join(folder, name));
}

async function weightBytes(folder: string): Promise<number> {
  const stats = await Promise.all((await weightFiles(folder)).map((file) => stat(file)));
  return stats.reduce((total, { size }) => total + size, 0);
}

const configSchema = z.looseObject({ dtype: z.string().optional(), torch_dtype: z.string().optional() });

/** From the size of the weights and their type, which is what config.json says of them. */
async function countParameters(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}');
  const config = configSchema.safeParse(JSON.parse(text)).data;
  const bytesEach = (config?.dtype ?? config?.torch_dtype) === 'float32' ? 4 : 2;
  return Math.round((await weightBytes(folder)) / bytesEach);
}
