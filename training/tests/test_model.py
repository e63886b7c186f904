"""The model against transformers' own, and rows of shared schemas against examples one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from training.config import Config
from training.data import hash_file, read_groups
from training.model import StarterModel, run_model, to_hf_config
from training.rows import IGNORED, Rows, collate, load_rows
from training.tokenizer import BEGIN_ID, END_ID, WordEncoder, sample_texts, train_tokenizer


@pytest.fixture
def encoder(small_config: Config, tmp_path: Path) -> WordEncoder:
    texts = sample_texts(small_config.data.train, 100, 1)
    train_tokenizer(texts, tmp_path / "tokenizer.model", small_config.tokenizer)
    return WordEncoder(tmp_path / "tokenizer.model")


def rows_of(config: Config, encoder: WordEncoder, tmp_path: Path) -> Rows:
    return load_rows(config.data.train, encoder, hash_file(tmp_path / "tokenizer.model"), config.data)


def loss_of(model: StarterModel, rows: Rows, numbers: np.ndarray, precision: str = "fp32") -> torch.Tensor:
    batch = collate(rows, numbers)
    inputs = {name: getattr(batch, name) for name in ("tokens", "positions", "mask", "labels")}
    logits = run_model(model, inputs, precision)
    return F.cross_entropy(logits, batch.labels[batch.labels >= 0], reduction="sum")


def loss_one_by_one(model: StarterModel, config: Config, encoder: WordEncoder, groups: int) -> torch.Tensor:
    """The same loss from plain causal rows of one example each, built from the text without any code of rows.py."""
    total = torch.zeros(())
    for group in list(read_groups(config.data.train[0]))[:groups]:
        for example in group:
            prompt = [BEGIN_ID, *encoder.processor.encode(f"{example.schema} {example.rest}")]
            ids = torch.tensor([[*prompt, *encoder.processor.encode(example.completion), END_ID]])
            labels = torch.full_like(ids, IGNORED)
            labels[0, len(prompt) - 1 : -1] = ids[0, len(prompt) :]
            length = ids.shape[1]
            mask = torch.ones(1, 1, length, length, dtype=torch.bool).tril()
            logits = model(ids, torch.arange(length)[None], mask, labels)
            total = total + F.cross_entropy(logits, labels[labels >= 0], reduction="sum")
    return total


def test_shared_rows_give_the_loss_and_gradients_of_single_examples(
    small_config: Config, encoder: WordEncoder, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    model = StarterModel(small_config.model, encoder.vocab_size)
    rows = rows_of(small_config, encoder, tmp_path)
    assert np.diff(rows.segment_start)[:6].max() > 1, "the rows under test share nothing"
    shared = loss_of(model, rows, np.arange(6))
    shared.backward()
    gradients = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    single = loss_one_by_one(model, small_config, encoder, groups=6)
    single.backward()
    torch.testing.assert_close(shared, single, rtol=1e-5, atol=1e-4)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(gradients[name], parameter.grad, rtol=1e-3, atol=1e-3, msg=name)


def test_model_computes_what_transformers_mistral_computes(small_config: Config) -> None:
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(4)
    model = StarterModel(small_config.model, 400)
    reference = transformers.MistralForCausalLM(transformers.MistralConfig(**to_hf_config(small_config.model, 400)))
    missing, unexpected = reference.load_state_dict(model.state_dict(), strict=False)
    assert missing == ["lm_head.weight"] and unexpected == []
    reference.tie_weights()
    ids = torch.randint(3, 400, (2, 50))
    mask = torch.ones(2, 1, 50, 50, dtype=torch.bool).tril()
    with torch.no_grad():
        ours = model(ids, torch.arange(50).expand(2, 50), mask, ids)
        theirs = reference(ids).logits.view(100, 400)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_bf16_stays_near_fp32_and_its_gradients_are_fp32(
    small_config: Config, encoder: WordEncoder, tmp_path: Path
) -> None:
    small_config.model.initializer_range = 0.1
    torch.manual_seed(5)
    model = StarterModel(small_config.model, encoder.vocab_size)
    rows = rows_of(small_config, encoder, tmp_path)
    exact = loss_of(model, rows, np.arange(4)).item()
    rounded = loss_of(model, rows, np.arange(4), "bf16")
    rounded.backward()
    assert rounded.item() == pytest.approx(exact, rel=0.02)
    assert all(parameter.grad.dtype == torch.float32 for parameter in model.parameters())
