import { stat } from 'node:fs/promises';
import path from 'node:path';
import { GgmlType, GgufFileType, readGgufFileInfo, type GgufFileInfo } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';

/** What a GGUF file says of itself. */
export interface ModelFacts {
  name: string;
  path: string;
  sizeBytes: number;
  architecture: string;
  quantization: string;
  parameters: number;
  /** Tokens that the model was trained to see at once. */
  contextSize: number;
  /** `sketch` where the file's metadata key `sqlcodegen.target_form` says so, else `sql`. */
  targetForm: 'sketch' | 'sql';
  /** Whether the file holds a chat template. */
  chatTemplate: boolean;
}

/** Architectures that llama.cpp knows and that cannot write text. */
const silentArchitectures = new Set([
  'bert',
  'nomic-bert',
  'jina-bert-v2',
  'clip',
  'wavtokenizer-dec',
  't5encoder',
]);

/**
 * Reads a GGUF file's header; the weights stay on disk.
 * @throws MODEL_MISSING, or MODEL_INCOMPATIBLE for anything that is not a whole language model.
 */
export async function inspectModel(file: string): Promise<ModelFacts> {
  const sizeBytes = await readSize(file);
  const info = await readHeader(file);
  rejectUnusable(file, sizeBytes, info);
  const { general } = info.metadata;
  return {
    name: general.name?.trim() || path.basename(file, '.gguf'),
    path: file,
    sizeBytes,
    architecture: general.architecture,
    quantization:
      general.file_type === undefined ? 'unknown' : (GgufFileType[general.file_type] ?? 'unknown'),
    parameters: countParameters(info),
    contextSize: info.architectureMetadata.context_length ?? 0,
    targetForm: readTargetForm(info.metadata),
    chatTemplate: Boolean(info.metadata.tokenizer?.chat_template),
  };
}

/** @throws MODEL_MISSING, or MODEL_INCOMPATIBLE for a folder */
export async function readSize(file: string, kind: 'model' | 'adapter' = 'model'): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
    throw incompatible(file, 'is not a file');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('MODEL_MISSING', `No ${kind} file at ${file}.`, {
      hint: `Check the path.${kind === 'model' ? ' The starter model is part of the release, at data/models/starter.gguf.' : ''}`,
      cause,
    });
  }
}

/** @throws MODEL_INCOMPATIBLE */
export async function readHeader(file: string): Promise<GgufFileInfo> {
  try {
    return await readGgufFileInfo(file, { sourceType: 'filesystem', logWarnings: false });
  } catch (cause) {
    throw incompatible(file, 'is not a GGUF file, or its header is damaged', cause);
  }
}

function rejectUnusable(file: string, sizeBytes: number, info: GgufFileInfo): void {
  const { general } = info.metadata;
  const kind: unknown = Reflect.get(general, 'type');
  if (kind === 'adapter') throw incompatible(file, 'is an adapter, not a whole model');
  if (kind === 'mmproj' || silentArchitectures.has(general.architecture)) {
    throw incompatible(file, `is a ${general.architecture} model, which cannot write text`);
  }
  const tensors = info.fullTensorInfo ?? [];
  if (tensors.length === 0) throw incompatible(file, 'holds a vocabulary but no weights');
  if (info.splicedParts === 1 && tensors.some((tensor) => endOf(tensor) > sizeBytes)) {
    throw incompatible(file, 'is cut off: weights that its header names are not there');
  }
}

/** Bytes and values of a block, of the types that models are quantized to (ggml-common.h). */
const blocks: Partial<Record<keyof typeof GgmlType, readonly [bytes: number, values: number]>> = {
  ...{ F32: [4, 1], F16: [2, 1], BF16: [2, 1], Q8_0: [34, 32], Q4_0: [18, 32], Q4_1: [20, 32] },
  ...{ Q5_0: [22, 32], Q5_1: [24, 32], Q2_K: [84, 256], Q3_K: [110, 256], Q4_K: [144, 256] },
  ...{ Q5_K: [176, 256], Q6_K: [210, 256] },
};

/** Where a tensor ends in its file; of a type that is not known here, where its first value does. */
function endOf({ fileOffset, ggmlType, dimensions }: GgufTensor): number {
  const values = dimensions.reduce<number>((product, size) => product * Number(size), 1);
  const [bytes, each] = blocks[GgmlType[ggmlType] as keyof typeof GgmlType] ?? [1, values];
  return Number(fileOffset) + Math.ceil(values / each) * bytes;
}

type GgufTensor = NonNullable<GgufFileInfo['fullTensorInfo']>[number];

function incompatible(file: string, what: string, cause?: unknown): AppError {
  return new AppError('MODEL_INCOMPATIBLE', `${path.basename(file)} ${what}.`, {
    hint: 'Choose a GGUF file of a language model; if this one was downloaded, download it again.',
    details: { path: file },
    cause,
  });
}

function countParameters(info: GgufFileInfo): number {
  const sizes = (info.fullTensorInfo ?? []).map((tensor) =>
    tensor.dimensions.reduce<number>((product, dimension) => product * Number(dimension), 1),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The key is ours, so the library's types do not know it. */
function readTargetForm(metadata: object): 'sketch' | 'sql' {
  const ours: unknown = Reflect.get(metadata, 'sqlcodegen');
  const form: unknown =
    typeof ours === 'object' && ours !== null ? Reflect.get(ours, 'target_form') : undefined;
  return form === 'sketch' ? 'sketch' : 'sql';
}
