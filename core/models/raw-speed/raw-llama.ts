import koffi from 'koffi';
import path from 'node:path';
import { readdirSync } from 'node:fs';

/** `llama_context_params` of include/llama.h at `supportedRelease` in ../quantize/llama-library.ts. */
const contextFields = {
  ...{ n_ctx: 'uint32_t', n_batch: 'uint32_t', n_ubatch: 'uint32_t', n_seq_max: 'uint32_t' },
  ...{ n_rs_seq: 'uint32_t', n_outputs_max: 'uint32_t', n_outputs_max_per_seq: 'uint32_t' },
  ...{ n_threads: 'int32_t', n_threads_batch: 'int32_t' },
  ...{ ctx_type: 'int', rope_scaling_type: 'int', pooling_type: 'int', attention_type: 'int' },
  ...{ flash_attn_type: 'int', rope_freq_base: 'float', rope_freq_scale: 'float' },
  ...{ yarn_ext_factor: 'float', yarn_attn_factor: 'float', yarn_beta_fast: 'float' },
  ...{ yarn_beta_slow: 'float', yarn_orig_ctx: 'uint32_t', defrag_thold: 'float' },
  ...{ cb_eval: 'void *', cb_eval_user_data: 'void *', type_k: 'int', type_v: 'int' },
  ...{ abort_callback: 'void *', abort_callback_data: 'void *' },
  ...{ embeddings: 'bool', offload_kqv: 'bool', no_perf: 'bool', op_offload: 'bool' },
  ...{ swa_full: 'bool', kv_unified: 'bool', samplers: 'void *', n_samplers: 'size_t', ctx_other: 'void *' },
};

/** `llama_model_params`, whose defaults are taken as they are. */
const modelFields = {
  ...{ devices: 'void *', tensor_buft_overrides: 'void *', n_gpu_layers: 'int32_t', split_mode: 'int' },
  ...{ load_mode: 'int', lazy_mode: 'int', main_gpu: 'int32_t', tensor_split: 'void *' },
  ...{ progress_callback: 'void *', progress_callback_user_data: 'void *', kv_overrides: 'void *' },
  ...{ vocab_only: 'bool', check_tensors: 'bool', use_extra_bufts: 'bool', no_host: 'bool' },
  ...{ no_alloc: 'bool', load_mtp: 'bool' },
};

const batchFields = {
  ...{ n_tokens: 'int32_t', token: 'void *', embd: 'void *', pos: 'void *' },
  ...{ n_seq_id: 'void *', seq_id: 'void *', logits: 'void *' },
};

export interface RawOptions {
  /** Path of libllama. */
  library: string;
  model: string;
  threads: number;
  /** Tokens. */
  contextSize: number;
  batchSize: number;
}

export interface RawLlama {
  /** Forgets everything, then evaluates `count` random tokens in batches of `batchSize`. */
  readPrompt(count: number): void;
  /** Evaluates `count` random tokens, one after another, each waited for: llama-bench's text generation. */
  generate(count: number): void;
}

type Params = Record<string, number | bigint | boolean | null>;
type Pointer = unknown;
type TypeSpec = string | ReturnType<typeof koffi.struct>;

/**
 * The loops of llama.cpp's tools/llama-bench (test_prompt, test_gen) over the shared library that the app itself runs:
 * `llama_decode` on random tokens, nothing sampled, nothing read back. Blocks; a bug in llama.cpp ends the process.
 * @throws where the library's parameters are not laid out as written here, or the model cannot be loaded
 */
export function openRawLlama(options: RawOptions): RawLlama {
  const llama = bind(options.library);
  llama.loadBackends(path.dirname(options.library));
  const defaults = llama.contextDefaults();
  checkLayout(defaults, llama.modelDefaults());
  const model = llama.loadModel(options.model, llama.modelDefaults());
  const context = llama.createContext(model, {
    ...defaults,
    ...{ n_ctx: options.contextSize, n_batch: options.batchSize, n_ubatch: options.batchSize },
    ...{ n_threads: options.threads, n_threads_batch: options.threads },
  });
  if (!model || !context) throw new Error('llama.cpp cannot load the model.');
  const vocabulary = llama.countTokens(llama.vocabularyOf(model));
  const tokens = koffi.alloc('int32_t', options.batchSize) as Pointer;
  const decode = (count: number) => {
    const random = Int32Array.from({ length: count }, () => Math.floor(Math.random() * vocabulary));
    koffi.encode(tokens, koffi.array('int32_t', count), random);
    if (llama.decode(context, llama.batchOf(tokens, count)) !== 0) throw new Error('llama_decode failed.');
  };
  return {
    readPrompt(count) {
      llama.clear(llama.memoryOf(context), false);
      for (let left = count; left > 0; left -= options.batchSize) decode(Math.min(left, options.batchSize));
      llama.synchronize(context);
    },
    generate(count) {
      for (let index = 0; index < count; index++) {
        decode(1);
        llama.synchronize(context);
      }
    },
  };
}

function bind(file: string) {
  const folder = path.dirname(file);
  const ggml = readdirSync(folder).find((name) => /^(lib)?ggml(\.v[\d.]+)?\.(so|dylib|dll)$/.test(name));
  const backends = koffi.load(path.join(folder, ggml ?? 'libggml.so'));
  const library = koffi.load(file);
  const context = koffi.struct(contextFields);
  const model = koffi.struct(modelFields);
  const batch = koffi.struct(batchFields);
  const call = <Result>(name: string, result: TypeSpec, parameters: TypeSpec[]) =>
    library.func(name, result, parameters) as unknown as (...values: unknown[]) => Result;
  return {
    loadBackends: backends.func('ggml_backend_load_all_from_path', 'void', ['str']) as (at: string) => void,
    contextDefaults: call<Params>('llama_context_default_params', context, []),
    modelDefaults: call<Params>('llama_model_default_params', model, []),
    loadModel: call<Pointer>('llama_model_load_from_file', 'void *', ['str', model]),
    createContext: call<Pointer>('llama_init_from_model', 'void *', ['void *', context]),
    vocabularyOf: call<Pointer>('llama_model_get_vocab', 'void *', ['void *']),
    countTokens: call<number>('llama_vocab_n_tokens', 'int32_t', ['void *']),
    memoryOf: call<Pointer>('llama_get_memory', 'void *', ['void *']),
    clear: call<undefined>('llama_memory_clear', 'void', ['void *', 'bool']),
    batchOf: call<object>('llama_batch_get_one', batch, ['void *', 'int32_t']),
    decode: call<number>('llama_decode', 'int32_t', ['void *', batch]),
    synchronize: call<undefined>('llama_synchronize', 'void', ['void *']),
  };
}

/** What a struct of another layout would read elsewhere; before anything is called with it. */
function checkLayout(context: Params, model: Params): void {
  const isExpected =
    context['n_ctx'] === 512 &&
    context['n_batch'] === 2048 &&
    context['flash_attn_type'] === -1 &&
    context['yarn_beta_slow'] === -1 &&
    context['no_perf'] === true &&
    context['kv_unified'] === false &&
    Number(context['n_samplers']) === 0 &&
    model['n_gpu_layers'] === -1 &&
    model['use_extra_bufts'] === true &&
    model['no_alloc'] === false;
  if (!isExpected) throw new Error("The library's parameters are laid out otherwise.");
}
