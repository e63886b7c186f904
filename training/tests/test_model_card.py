"""A card says what the run's own files say, and names what they do not."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from training.config import Config, parse_config, save_config
from training.model_card import MISSING, main
from training.tests.conftest import make_config

STATE = {
    "step": 1500,
    "elapsed_seconds": 930.0,
    "examples_seen": 18_048,
    "tokens_seen": 10_800_000,
    "validation_loss": 0.31416,
    "token_accuracy": 0.953,
    "exact_completions": 0.412,
    "examples": 332,
    "execution_accuracy": 0.72,
    "executed": 100,
}
MANIFEST = {
    "commit": "0123abcd",
    "data_sha256": {"data/processed/train.jsonl": "aa11", "data/processed/val.jsonl": "bb22"},
    "dataset_versions": ["a5ebdda16765"],
    "device": "NVIDIA H200",
    "devices": 1,
    "software": {"python": "3.12.1", "torch": "2.15.0"},
}


def write_run(folder: Path, config: Config, state: dict[str, Any], manifest: dict[str, Any] | None) -> Path:
    run_dir = folder / "run"
    config.run_dir = str(run_dir)
    (run_dir / "checkpoints/step-001500").mkdir(parents=True)
    (run_dir / "checkpoints/step-001500/state.json").write_text(json.dumps(state))
    if manifest is not None:
        (run_dir / "manifest.json").write_text(json.dumps(manifest))
    save_config(config, run_dir / "config.yaml")
    return run_dir


def lora_config(folder: Path, **base: object) -> Config:
    values = dataclasses.asdict(make_config(folder))
    values |= {
        "method": "qlora",
        "base": {"path": "mistralai/Mistral-7B-v0.1", **base},
        "export": {"title": "Mistral for PostgreSQL", "license": "cc-by-sa-4.0", "attribution": "Uses Spider."},
    }
    return parse_config(values)


def write_card(run_dir: Path) -> str:
    assert main(["--run", str(run_dir)]) == 0
    return (run_dir / "README.md").read_text()


def test_every_figure_comes_from_the_runs_files(tmp_path: Path) -> None:
    run_dir = write_run(tmp_path, lora_config(tmp_path), STATE, MANIFEST)
    (run_dir / "adapter").mkdir()
    (run_dir / "gguf").mkdir()
    (run_dir / "gguf/test-Q4_K_M.gguf").write_bytes(b"x" * 1234)
    card = write_card(run_dir)
    for text in [
        "# Mistral for PostgreSQL: model card",
        "mistralai/Mistral-7B-v0.1 held in 4 bits (QLoRA",
        "rank 16, alpha 32, dropout 0.05, q_proj",
        "`0123abcd`",
        "`train.jsonl`, SHA-256 `aa11`<br>`val.jsonl`, SHA-256 `bb22`",
        "`a5ebdda16765`",
        "`step-001500`",
        "1,500 steps, 18,048 examples (repeats counted), 10,800,000 tokens, 15.5 minutes",
        "1 × NVIDIA H200",
        "python 3.12.1, torch 2.15.0",
        "0.3142 nats a completion token, on 332 examples of `val.jsonl`",
        "95.3% with the right tokens before each",
        "72.0% of 100 queries that were run",
        "`test-Q4_K_M.gguf`, 1,234 bytes",
        "PeftModel.from_pretrained",
        "merged into the base in full precision",
        "Licence: cc-by-sa-4.0. Base model: `mistralai/Mistral-7B-v0.1`",
        "Uses Spider.",
    ]:
        assert text in card, text
    for name, library in {"adapter": "peft", "gguf": "gguf", "": "transformers"}.items():
        front = yaml.safe_load((run_dir / name / "README.md").read_text().split("---\n")[1])
        assert front["base_model"] == "mistralai/Mistral-7B-v0.1"
        assert (front["license"], front["library_name"]) == ("cc-by-sa-4.0", library)


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    state = {key: value for key, value in STATE.items() if key in ("step", "elapsed_seconds")}
    card = write_card(write_run(tmp_path, make_config(tmp_path), state, None))
    assert "none: this checkpoint was not evaluated" in card
    assert card.count(MISSING) == 3
    assert "a new model, from scratch" in card and "hidden 32, 2 layers" in card
    assert "none stated in the recipe" in card
    assert "PeftModel" not in card


def test_a_loss_alone_claims_nothing_about_rows(tmp_path: Path) -> None:
    state = {**STATE, "execution_accuracy": None, "executed": None}
    card = write_card(write_run(tmp_path, make_config(tmp_path), state, MANIFEST))
    assert "No query was executed" in card
    assert "Execution accuracy" not in card


def test_a_base_folder_is_named_without_its_place_and_with_its_licence(tmp_path: Path) -> None:
    base = tmp_path / "my-base"
    base.mkdir()
    (base / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Base\n")
    card = write_card(write_run(tmp_path, lora_config(tmp_path, path=str(base)), STATE, MANIFEST))
    assert "`my-base`, licence apache-2.0 by its own card" in card
    assert str(tmp_path) not in card
    assert "base_model" not in card


def test_a_run_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--run", str(tmp_path)]) == 2
    run_dir = write_run(tmp_path, make_config(tmp_path), STATE, MANIFEST)
    (run_dir / "manifest.json").write_text("{")
    assert main(["--run", str(run_dir)]) == 2
    assert "manifest.json is damaged" in capsys.readouterr().err
