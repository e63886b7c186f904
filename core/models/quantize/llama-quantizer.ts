import koffi from 'koffi';
import type { QuantizeTask } from './quantize-task.ts';

/** `llama_model_quantize_params` of include/llama.h at `supportedRelease`: names, types and order. */
const fields = {
  nthread: 'int32_t',
  ftype: 'int',
  output_tensor_type: 'int',
  token_embedding_type: 'int',
  allow_requantize: 'bool',
  quantize_output_tensor: 'bool',
  only_copy: 'bool',
  pure: 'bool',
  keep_split: 'bool',
  dry_run: 'bool',
  imatrix: 'void *',
  kv_overrides: 'void *',
  tt_overrides: 'void *',
  prune_layers: 'void *',
  max_buf_size: 'size_t',
};

type QuantizeParams = Record<keyof typeof fields, number | bigint | boolean | null>;

/**
 * What `llama_model_quantize_default_params` returns at that release. A struct of another layout would put these
 * values elsewhere, so equality says that the layout is right before anything is written.
 */
const expectedDefaults: QuantizeParams = {
  nthread: 0,
  ftype: 7,
  // GGML_TYPE_COUNT stands for "as the quantization says".
  output_tensor_type: 43,
  token_embedding_type: 43,
  allow_requantize: false,
  quantize_output_tensor: true,
  only_copy: false,
  pure: false,
  keep_split: false,
  dry_run: false,
  imatrix: null,
  kv_overrides: null,
  tt_overrides: null,
  prune_layers: null,
  max_buf_size: 8 * 1024 ** 3,
};

/** `llama_ftype` of include/llama.h. */
const fileTypes = { F16: 1, Q8_0: 7, Q4_K_M: 15, Q5_K_M: 17, Q6_K: 18 };

/** `ggml_type` of ggml/include/ggml.h. */
const tensorTypes = { F16: 1, Q8_0: 8, Q6_K: 14 };

/** The default parameters of a library, as the struct reads them. */
export function readDefaults(library: string): QuantizeParams {
  return bind(library).readDefaults();
}

export function isExpectedLayout(defaults: QuantizeParams): boolean {
  return Object.entries(expectedDefaults).every(([name, value]) => Reflect.get(defaults, name) === value);
}

/**
 * Quantizes one file with llama.cpp's own quantizer. Blocks, and logs to stderr; a bug in llama.cpp ends the process.
 * @returns true when llama.cpp says that it succeeded
 */
export function quantizeWithLlama(task: QuantizeTask): boolean {
  const llama = bind(task.library);
  const params: QuantizeParams = {
    ...llama.readDefaults(),
    nthread: task.threads,
    ftype: fileTypes[task.type],
    allow_requantize: task.allowRequantize,
    dry_run: task.dryRun,
    ...(task.embeddingType ? { token_embedding_type: tensorTypes[task.embeddingType] } : {}),
  };
  return llama.quantize(task.input, task.output, params) === 0;
}

function bind(file: string) {
  const library = koffi.load(file);
  const params = koffi.struct(fields);
  return {
    readDefaults: library.func('llama_model_quantize_default_params', params, []) as () => QuantizeParams,
    quantize: library.func('llama_model_quantize', 'uint32_t', ['str', 'str', koffi.pointer(params)]) as (
      input: string,
      output: string,
      params: QuantizeParams,
    ) => number,
  };
}
