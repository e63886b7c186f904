"""Export a run: `python -m training.export --run RUN_DIR [--out FILE.gguf]`.

Writes RUN_DIR/export, a transformers folder (config.json, model.safetensors, tokenizer.model), then one GGUF file for
llama.cpp. The GGUF file is written directly: the architecture is llama.cpp's "llama", whose rotary embedding pairs
neighbouring rows of a head where transformers pairs its halves, so query and key rows are reordered on the way.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import torch
from safetensors.torch import save_file

from training.checkpoint import best_checkpoint, read_state
from training.config import Config, ConfigError, load_config
from training.model import to_hf_config
from training.tokenizer import BEGIN_ID, END_ID, UNKNOWN_ID

QUANTIZATIONS = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}
LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def load_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    return torch.load(checkpoint / "model.pt", map_location="cpu", weights_only=True)


def export_hf(config: Config, checkpoint: Path, tokenizer: Path, target: Path) -> None:
    """Write a folder that transformers' AutoModelForCausalLM reads. Tied embeddings are stored once."""
    target.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in load_weights(checkpoint).items()}
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    vocab_size = weights["model.embed_tokens.weight"].shape[0]
    (target / "config.json").write_text(json.dumps(to_hf_config(config.model, vocab_size), indent=2) + "\n")
    shutil.copyfile(tokenizer, target / "tokenizer.model")


def export_gguf(config: Config, checkpoint: Path, tokenizer: Path, target: Path, quantization: str) -> None:
    """Write one GGUF file, aside and renamed. Norms stay F32; every matrix is quantized, the embeddings too."""
    kind, file_type = QUANTIZATIONS[quantization]
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    writer = gguf.GGUFWriter(partial, "llama")
    _add_metadata(writer, config, checkpoint, file_type)
    _add_tokenizer(writer, tokenizer)
    for name, tensor in load_weights(checkpoint).items():
        values = tensor.float().numpy()
        gguf_name = _gguf_name(name)
        if values.ndim == 1:
            writer.add_tensor(gguf_name, values)
            continue
        heads = {"attn_q": config.model.heads, "attn_k": config.model.kv_heads}.get(gguf_name.split(".")[-2])
        if heads:
            values = pair_neighbours(values, heads)
        writer.add_tensor(gguf_name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(target)


def pair_neighbours(values: np.ndarray, heads: int) -> np.ndarray:
    """Reorder a projection's rows within each head from (first half, second half) to (first, second, first, ...)."""
    rows, columns = values.shape
    halves = values.reshape(heads, 2, rows // heads // 2, columns)
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows, columns)


def _gguf_name(name: str) -> str:
    if name == "model.embed_tokens.weight":
        return "token_embd.weight"
    if name == "model.norm.weight":
        return "output_norm.weight"
    _, _, number, rest = name.split(".", 3)
    return f"blk.{number}.{LAYER_NAMES[rest.removesuffix('.weight')]}.weight"


def _add_metadata(writer: gguf.GGUFWriter, config: Config, checkpoint: Path, file_type: gguf.LlamaFileType) -> None:
    model, export = config.model, config.export
    head_size = model.hidden_size // model.heads
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(export.title)
    writer.add_license(export.license)
    writer.add_description(export.attribution)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(model.max_positions)
    writer.add_embedding_length(model.hidden_size)
    writer.add_block_count(model.layers)
    writer.add_feed_forward_length(model.feed_forward_size)
    writer.add_head_count(model.heads)
    writer.add_head_count_kv(model.kv_heads)
    writer.add_key_length(head_size)
    writer.add_value_length(head_size)
    writer.add_rope_dimension_count(head_size)
    writer.add_rope_freq_base(model.rope_theta)
    writer.add_layer_norm_rms_eps(model.norm_eps)
    writer.add_string("sqlcodegen.target_form", export.target_form)
    writer.add_string("sqlcodegen.attribution", export.attribution)
    writer.add_uint32("sqlcodegen.steps", read_state(checkpoint)["step"])


def _add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Path) -> None:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    ids = range(processor.get_piece_size())
    writer.add_vocab_size(len(ids))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([processor.id_to_piece(number).encode() for number in ids])
    writer.add_token_scores([processor.get_score(number) for number in ids])
    writer.add_token_types([_token_type(processor, number) for number in ids])
    writer.add_bos_token_id(BEGIN_ID)
    writer.add_eos_token_id(END_ID)
    writer.add_unk_token_id(UNKNOWN_ID)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(True)


def _token_type(processor: sentencepiece.SentencePieceProcessor, number: int) -> gguf.TokenType:
    if processor.is_unknown(number):
        return gguf.TokenType.UNKNOWN
    if processor.is_control(number):
        return gguf.TokenType.CONTROL
    return gguf.TokenType.BYTE if processor.is_byte(number) else gguf.TokenType.NORMAL


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.export", description="Export a run to GGUF.")
    parser.add_argument("--run", required=True, type=Path)
    parser.add_argument("--out", type=Path, help="default: RUN_DIR/gguf/NAME-QUANTIZATION.gguf")
    parser.add_argument("--quantization", choices=sorted(QUANTIZATIONS), default="q8_0")
    parser.add_argument("--checkpoint", type=Path, help="default: the one with the lowest validation loss")
    options = parser.parse_args(arguments)
    try:
        config = load_config(options.run / "config.yaml")
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    checkpoint = options.checkpoint or best_checkpoint(options.run / "checkpoints")
    if checkpoint is None or not (checkpoint / "model.pt").exists():
        print(f"{checkpoint or options.run / 'checkpoints'} holds no checkpoint", file=sys.stderr)
        return 2
    tokenizer = options.run / "tokenizer.model"
    target = options.out or options.run / "gguf" / f"{config.name}-{options.quantization}.gguf"
    export_hf(config, checkpoint, tokenizer, options.run / "export")
    export_gguf(config, checkpoint, tokenizer, target, options.quantization)
    print(json.dumps({"gguf": str(target), "bytes": target.stat().st_size, "checkpoint": str(checkpoint)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
