"""The models that are measured, with random weights, and the configurations that train them."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.config import Config, ModelConfig, parse_config
from training.distributed import World
from training.scratch_model import to_hf_config


@dataclass(frozen=True)
class Shape:
    """A model's sizes and how its examples are packed."""

    model: ModelConfig
    vocab_size: int
    pack_length: int  # tokens
    packs_per_step: int
    divide_by: int = 1  # of the dataset's lengths


SHAPES = {
    # mistralai/Mistral-7B-v0.1, config.json; packed as training/configs/mistral_lora_config.yaml has it.
    "mistral-7b": Shape(
        ModelConfig(hidden_size=4096, layers=32, heads=32, kv_heads=8, feed_forward_size=14_336, max_positions=32_768),
        vocab_size=32_000,
        pack_length=4096,
        packs_per_step=1,
    ),
    # 39.6 million weights, 4.2 million of them embeddings.
    "starter-40m": Shape(
        ModelConfig(hidden_size=512, layers=10, heads=8, kv_heads=4, feed_forward_size=1792, max_positions=2048),
        vocab_size=8192,
        pack_length=4096,
        packs_per_step=16,
    ),
    "tiny": Shape(
        ModelConfig(hidden_size=64, layers=2, heads=4, kv_heads=2, feed_forward_size=128, max_positions=256),
        vocab_size=512,
        pack_length=512,
        packs_per_step=2,
        divide_by=8,
    ),
}


def write_base(folder: Path, shape: Shape, **changes: object) -> Path:
    """A transformers folder that holds config.json alone, for base.random_weights."""
    values = {
        **to_hf_config(shape.model, shape.vocab_size),
        "tie_word_embeddings": False,
        "sliding_window": 4096,
        **changes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(values), encoding="utf-8")
    return folder


def write_random_base(folder: Path, shape: Shape) -> Path:
    """The same with bf16 weights, which bitsandbytes can load in 4 bits; 14.5 GB for mistral-7b."""
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(str(write_base(folder, shape)))
    with World().device:
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(str(folder))
    return folder


def make_bench_config(
    shape: Shape, method: str, folder: Path, base: Path | None = None, data: dict[str, Any] | None = None, **train: Any
) -> Config:
    """The LoRA recipe's settings (or for a model from scratch the starter's) on a shape; everything is written below `folder`.

    base: a folder with weights; absent, random ones are made on the device (qlora: on the disk, since they are loaded in 4 bits)."""
    is_scratch = method == "scratch"
    if method == "qlora" and base is None:
        base = write_random_base(folder / "base", shape)
    values: dict[str, Any] = {
        "name": "bench",
        "run_dir": str(folder / "run"),
        "method": method,
        "data": {
            "train": ["(random)"],
            "max_length": 2048 // shape.divide_by,
            "pack_length": shape.pack_length,
            **(data or {}),
        },
        "optimizer": {"learning_rate": 2e-4, "gradient_clip": 0.3, "weight_decay": 0.001, "beta2": 0.999},
        "train": {
            "packs_per_step": shape.packs_per_step,
            "checkpoint_every_steps": None,
            "checkpoint_every_minutes": None,
            **train,
        },
    }
    if is_scratch:
        values |= {"model": dataclasses.asdict(shape.model), "optimizer": {"kind": "muon", "learning_rate": 2.5e-3}}
    else:
        values["base"] = {"path": str(base or write_base(folder / "base", shape)), "random_weights": base is None}
    return parse_config(values)
