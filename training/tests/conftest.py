from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from training.config import Config, parse_config
from training.tests.event_check import check_events
from training.tests.make_examples import write_chat_examples, write_examples
from training.tests.tiny_base import write_tiny_base

torch.set_num_threads(1)  # one thread: sums in one order, so that runs can be compared bit by bit


@pytest.fixture(autouse=True)
def events_keep_their_schema(tmp_path: Path) -> Iterator[None]:
    """Whatever a test runs: each of its events is one that the app understands."""
    yield
    for file in tmp_path.rglob("events.jsonl"):
        check_events(file)


@pytest.fixture
def small_config(tmp_path: Path) -> Config:
    """A config of a tiny model from scratch on made-up data, everything under tmp_path."""
    write_examples(tmp_path / "train.jsonl", groups=40, seed=1)
    write_examples(tmp_path / "val.jsonl", groups=8, seed=2)
    return make_config(tmp_path)


def make_config(folder: Path, **train: object) -> Config:
    return parse_config(
        {
            "name": "test",
            "run_dir": str(folder / "run"),
            "data": data_of(folder),
            "tokenizer": {"vocab_size": 400},
            "model": {
                "hidden_size": 32,
                "layers": 2,
                "heads": 4,
                "kv_heads": 2,
                "feed_forward_size": 64,
                "max_positions": 256,
                "initializer_range": 0.3,
            },
            "train": train_of(train),
        }
    )


def data_of(folder: Path, **more: object) -> dict[str, object]:
    return {
        "train": [str(folder / "train.jsonl")],
        "validation": str(folder / "val.jsonl"),
        "cache_dir": str(folder / "cache"),
        "max_length": 256,
        "pack_length": 512,
        **more,
    }


def train_of(more: dict[str, Any]) -> dict[str, object]:
    return {
        "max_steps": 6,
        "precision": "fp32",
        "log_every_steps": 1,
        "checkpoint_every_minutes": None,
        "checkpoint_every_steps": None,
        **more,
    }


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny transformers Mistral with its tokenizer, made once."""
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def lora_config(tmp_path: Path, tiny_base: Path) -> Config:
    """A config of LoRA on tiny_base, on made-up data in Mistral's chat form."""
    write_chat_examples(tmp_path / "train.jsonl", groups=30, seed=1)
    write_chat_examples(tmp_path / "val.jsonl", groups=6, seed=2)
    return make_lora_config(tmp_path, tiny_base)


def make_lora_config(folder: Path, base: Path, method: str = "lora", **train: object) -> Config:
    return parse_config(
        {
            "name": "test-lora",
            "run_dir": str(folder / "run"),
            "method": method,
            "base": {"path": str(base)},
            "data": data_of(folder, max_length=512, pack_length=1024),
            "adapter": {"rank": 4, "alpha": 8, "dropout": 0.1},
            "optimizer": {"learning_rate": 1e-2},
            "train": train_of(train),
        }
    )
