"""A tiny Mistral base with random weights and a tokenizer of made-up text, as a transformers folder: `python -m training.tests.tiny_base FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
    "initializer_range": 0.08,
    "sliding_window": None,
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


def write_tiny_base(folder: Path, seed: int = 5, **shape: object) -> Path:
    """Config, fp32 weights and tokenizer. The tokenizer is trained on the dataset-like text of make_chat_examples."""
    from transformers import MistralConfig, MistralForCausalLM

    from training.config import TokenizerConfig
    from training.tests.make_examples import make_chat_examples
    from training.tokenizer import train_tokenizer
    from training.tokenizer_folder import write_tokenizer_folder

    folder.mkdir(parents=True, exist_ok=True)
    texts = [example[key] for example in make_chat_examples(200, seed=9) for key in ("prompt", "completion")]
    train_tokenizer(texts, folder / "tokenizer.model", TokenizerConfig(vocab_size=512))
    write_tokenizer_folder(folder / "tokenizer.model", folder)
    torch.manual_seed(seed)
    config = MistralConfig(**{**SHAPE, **shape, "vocab_size": 512})  # type: ignore[arg-type]
    MistralForCausalLM(config).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    print(json.dumps({"folder": str(write_tiny_base(Path(sys.argv[1])))}))
