"""Write a GGUF file of random weights: `python core/models/testing/make_random_model.py FILE.gguf [--hidden 768 …]`.

A Llama in F16 with a vocabulary of made-up words: it writes nonsense, but takes the time and the memory of a model of its
size, for `sqlcodegen models bench` and `models quantize`. About 100 million parameters as it stands. Needs gguf and numpy.
"""

from __future__ import annotations

import argparse

import gguf
import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    for name, default in [("hidden", 768), ("feed-forward", 2048), ("layers", 12), ("heads", 12), ("kv-heads", 4)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--vocabulary", type=int, default=32_000)
    parser.add_argument("--context", type=int, default=4_096)
    options = parser.parse_args()
    writer = gguf.GGUFWriter(options.file, "llama")
    write_header(writer, options)
    write_weights(writer, options)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_header(writer: gguf.GGUFWriter, options: argparse.Namespace) -> None:
    writer.add_name("random")
    writer.add_context_length(options.context)
    writer.add_embedding_length(options.hidden)
    writer.add_feed_forward_length(options.feed_forward)
    writer.add_block_count(options.layers)
    writer.add_head_count(options.heads)
    writer.add_head_count_kv(options.kv_heads)
    writer.add_rope_dimension_count(options.hidden // options.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(options.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    words = [f"▁w{index}" for index in range(options.vocabulary - len(special))]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(special + words)
    writer.add_token_scores([0.0] * len(special) + [-float(index) for index in range(len(words))])
    kinds = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * 2 + [gguf.TokenType.BYTE] * 256
    writer.add_token_types(kinds + [gguf.TokenType.NORMAL] * len(words))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)


def write_weights(writer: gguf.GGUFWriter, options: argparse.Namespace) -> None:
    random = np.random.default_rng(1)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name, (random.standard_normal(shape, dtype=np.float32) * 0.02).astype(np.float16))

    def add_norm(name: str) -> None:
        writer.add_tensor(name, np.ones(options.hidden, dtype=np.float32))

    keys = options.hidden // options.heads * options.kv_heads
    add("token_embd.weight", options.vocabulary, options.hidden)
    for layer in range(options.layers):
        add_norm(f"blk.{layer}.attn_norm.weight")
        add(f"blk.{layer}.attn_q.weight", options.hidden, options.hidden)
        add(f"blk.{layer}.attn_k.weight", keys, options.hidden)
        add(f"blk.{layer}.attn_v.weight", keys, options.hidden)
        add(f"blk.{layer}.attn_output.weight", options.hidden, options.hidden)
        add_norm(f"blk.{layer}.ffn_norm.weight")
        add(f"blk.{layer}.ffn_gate.weight", options.feed_forward, options.hidden)
        add(f"blk.{layer}.ffn_up.weight", options.feed_forward, options.hidden)
        add(f"blk.{layer}.ffn_down.weight", options.hidden, options.feed_forward)
    add_norm("output_norm.weight")
    add("output.weight", options.vocabulary, options.hidden)


if __name__ == "__main__":
    main()
