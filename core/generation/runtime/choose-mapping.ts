import { GgmlType, type GgufFileInfo } from 'node-llama-cpp';

/*
 * Types whose rows llama.cpp lays out anew for the processor while it loads them (`ggml_repack_get_optimal_repack_type` in
 * ggml/src/ggml-cpu/repack.cpp; AVX2 or AVX-512 on x64, dot products on arm64).
 */
const { Q2_K, Q4_0, Q4_K, Q5_K, Q6_K, Q8_0, IQ4_NL, MXFP4 } = GgmlType;
const rearranged: Partial<Record<string, readonly GgmlType[]>> = {
  x64: [Q2_K, Q4_0, Q4_K, IQ4_NL, MXFP4],
  arm64: [Q4_0, Q4_K, Q5_K, Q6_K, Q8_0, IQ4_NL, MXFP4],
};

/** Below this share of the weights, the copies do not matter. */
const shareThatCounts = 0.1;

/**
 * Whether a model's file is mapped into memory, or read. Of what is mapped and laid out anew the process holds both: a
 * Q4_K_M model took nearly half as much again as was reckoned. On a GPU nothing is laid out anew.
 */
export function shouldMap(info: GgufFileInfo, gpuLayers: number, arch: string = process.arch): boolean {
  if (gpuLayers > 0) return true;
  const types = new Set(rearranged[arch]);
  let [all, copied] = [0, 0];
  for (const { dimensions, ggmlType } of info.fullTensorInfo ?? []) {
    const values = dimensions.reduce<number>((product, dimension) => product * Number(dimension), 1);
    all += values;
    if (types.has(ggmlType)) copied += values;
  }
  return copied < shareThatCounts * all;
}
