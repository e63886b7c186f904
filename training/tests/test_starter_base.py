"""data/models/starter-base is the model of data/models/starter.gguf: the same tokens in, the same tokens out."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from training.llama_cpp import ROOT
from training.tokenizer import HfTokenizer, WordTokenizer

BASE = ROOT / "data/models/starter-base"


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    """What the checkpoint itself read and wrote."""
    found = json.loads((ROOT / "data/models/starter-parity.json").read_text(encoding="utf-8"))
    assert len(found) == 12
    return found


def test_tokens_are_those_of_the_checkpoint(cases: list[dict[str, Any]]) -> None:
    tokenizer, words = HfTokenizer(str(BASE)), WordTokenizer(BASE / "tokenizer.model")
    for case in cases:
        assert tokenizer.encode_prompt(case["prompt"]) == case["tokens"]
        assert words.encode_prompt(case["prompt"]) == case["tokens"]


def test_greedy_outputs_are_those_of_the_checkpoint(cases: list[dict[str, Any]]) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32).eval()
    assert sum(weight.numel() for weight in model.parameters()) == 4_196_608
    for case in cases:
        expected = case["written"]
        tokens = torch.tensor([case["tokens"]])
        options = {"max_new_tokens": len(expected), "do_sample": False, "pad_token_id": 2}
        written = model.generate(tokens, attention_mask=torch.ones_like(tokens), **options)
        assert written[0, tokens.shape[1] :].tolist() == expected
