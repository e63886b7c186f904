import path from 'node:path';
import type { GgufFileInfo } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';
import { readHeader, readSize } from './inspect-model.ts';

/** What a LoRA adapter's GGUF file says of itself. */
export interface AdapterFacts {
  name: string;
  path: string;
  sizeBytes: number;
  /** Of the low-rank update; the largest where tensors differ. */
  rank: number;
  alpha: number;
  /** Of the model that it changes. */
  architecture: string;
}

const hint = 'Choose the GGUF file of an adapter that was trained on this model, as the export writes it.';

/**
 * Reads an adapter's header and holds it against that of the model at `modelFile`.
 * @throws MODEL_MISSING, or MODEL_INCOMPATIBLE for what is no LoRA adapter, or is one of another model
 */
export async function inspectAdapter(file: string, modelFile: string): Promise<AdapterFacts> {
  const { facts, pairs } = await readAdapter(file);
  const model = await readHeader(modelFile);
  const base = model.metadata.general.architecture;
  if (facts.architecture !== base) {
    throw incompatible(file, `is an adapter of a ${facts.architecture} model, and the model is ${base}`);
  }
  checkShapes(file, pairs, model);
  return facts;
}

/** The same without a model to hold it against. */
export async function describeAdapter(file: string): Promise<AdapterFacts> {
  return (await readAdapter(file)).facts;
}

async function readAdapter(file: string): Promise<{ facts: AdapterFacts; pairs: Map<string, Factors> }> {
  const sizeBytes = await readSize(file, 'adapter');
  const info = await readHeader(file);
  const { general } = info.metadata;
  const settings = Reflect.get(info.metadata, 'adapter') as { type?: unknown; lora?: { alpha?: unknown } };
  if (Reflect.get(general, 'type') !== 'adapter' || settings?.type !== 'lora') {
    throw incompatible(file, 'is no LoRA adapter');
  }
  const pairs = pairTensors(file, info);
  const facts = {
    name: general.name?.trim() || path.basename(file, '.gguf'),
    path: file,
    sizeBytes,
    rank: Math.max(...[...pairs.values()].map(({ b }) => b?.[0] ?? 0)),
    alpha: Number(settings.lora?.alpha ?? 0),
    architecture: general.architecture,
  };
  return { facts, pairs };
}

/** Sizes of the two factors of one tensor's update, fastest dimension first: (inputs, rank) and (rank, outputs). */
interface Factors {
  a?: number[];
  b?: number[];
}

function pairTensors(file: string, info: GgufFileInfo): Map<string, Factors> {
  const pairs = new Map<string, Factors>();
  for (const { name, dimensions } of info.fullTensorInfo ?? []) {
    const [, base, factor] = /^(.*)\.lora_([ab])$/.exec(name) ?? [];
    if (base === undefined) continue;
    pairs.set(base, { ...pairs.get(base), [factor as 'a' | 'b']: dimensions.map(Number) });
  }
  if (pairs.size === 0) throw incompatible(file, 'holds no LoRA tensors');
  return pairs;
}

function checkShapes(file: string, pairs: ReadonlyMap<string, Factors>, model: GgufFileInfo): void {
  const sizes = (model.fullTensorInfo ?? []).map(
    ({ name, dimensions }) => [name, dimensions.map(Number)] as const,
  );
  const tensors = new Map(sizes);
  for (const [name, { a, b }] of pairs) {
    if (a === undefined || b === undefined) throw incompatible(file, `lacks one half of ${name}`);
    const expected = tensors.get(name);
    if (expected === undefined) throw incompatible(file, `changes ${name}, which the model does not have`);
    // llama.cpp looks up rows of the embedding's factors by token: they are stored the other way round.
    const [inputs, outputs] = name === 'token_embd.weight' ? [b[1], a[1]] : [a[0], b[1]];
    if (inputs === expected[0] && outputs === expected[1]) continue;
    const difference = `${inputs} × ${outputs} values, and the model's has ${expected.join(' × ')}`;
    throw incompatible(file, `changes ${name} as a matrix of ${difference}`);
  }
}

function incompatible(file: string, what: string): AppError {
  return new AppError('MODEL_INCOMPATIBLE', `${path.basename(file)} ${what}.`, {
    hint,
    details: { path: file },
  });
}
