from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.config import Config, parse_config
from training.tests.make_examples import write_examples

torch.set_num_threads(1)  # one thread: sums in one order, so that runs can be compared bit by bit


@pytest.fixture
def small_config(tmp_path: Path) -> Config:
    """A config of a tiny model on made-up data, everything under tmp_path."""
    write_examples(tmp_path / "train.jsonl", groups=40, seed=1)
    write_examples(tmp_path / "val.jsonl", groups=8, seed=2)
    return make_config(tmp_path)


def make_config(folder: Path, **train: object) -> Config:
    return parse_config(
        {
            "name": "test",
            "run_dir": str(folder / "run"),
            "data": {
                "train": [str(folder / "train.jsonl")],
                "validation": str(folder / "val.jsonl"),
                "cache_dir": str(folder / "cache"),
                "max_length": 256,
                "max_row_tokens": 512,
            },
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
            "train": {
                "max_steps": 6,
                "micro_batch_tokens": 600,
                "precision": "fp32",
                "log_every_steps": 1,
                "checkpoint_every_minutes": None,
                **train,
            },
        }
    )
