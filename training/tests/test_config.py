"""The configuration: every key known, every value checked, every option described."""

from __future__ import annotations

import copy
import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from training.config import Config, ConfigError, load_config, parse_config, save_config
from training.tests.processes import ROOT
from training.train import main

SCRATCH: dict[str, Any] = {"data": {"train": ["a.jsonl"], "validation": "b.jsonl"}, "train": {"max_steps": 1}}
LORA: dict[str, Any] = {**SCRATCH, "method": "lora", "base": {"path": "some/model"}}


def changed(values: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A copy with `part__name=value` set."""
    values = copy.deepcopy(values)
    for key, value in keys.items():
        part, _, name = key.rpartition("__")
        (values.setdefault(part, {}) if part else values)[name] = value
    return values


def all_keys(cls: type, prefix: str = "") -> list[tuple[str, str]]:
    """Every key with its type."""
    found: list[tuple[str, str]] = []
    for item in dataclasses.fields(cls):
        factory = item.default_factory
        if dataclasses.is_dataclass(factory):
            found += all_keys(factory, f"{item.name}__")  # type: ignore[arg-type]
        else:
            found.append((prefix + item.name, str(item.type)))
    return found


PARTS = [item.name for item in dataclasses.fields(Config) if dataclasses.is_dataclass(item.default_factory)]


@pytest.mark.parametrize("part", ["", *PARTS])
def test_an_unknown_key_is_an_error_that_names_it_and_the_known_ones(part: str) -> None:
    place = f"{part}." if part else ""
    with pytest.raises(ConfigError, match=f"^unknown key {place}learning_rat; known: "):
        parse_config(changed(SCRATCH, **{f"{part}__learning_rat" if part else "learning_rat": 1}))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_no_mapping_is_an_error(part: str) -> None:
    with pytest.raises(ConfigError, match=f"^{part}. must be a mapping of keys to values"):
        parse_config({**SCRATCH, part: ["x"]})


@pytest.mark.parametrize(("key", "kind"), all_keys(Config))
def test_a_value_of_the_wrong_type_is_an_error(key: str, kind: str) -> None:
    name = key.replace("__", ".")
    wrong: list[Any] = [{"a": 1}, 1.5 if "float" not in kind else "1", [1]]
    wrong.append(1 if kind == "bool" or "bool" in kind else True)  # YAML's true is no number, 1 is not true
    for value in wrong:
        with pytest.raises(ConfigError, match=f"^{name} must be {re.escape(kind)}, not "):
            parse_config(changed(SCRATCH, **{key: value}))
    if "None" not in kind:
        with pytest.raises(ConfigError, match=f"^{name} must be"):
            parse_config(changed(SCRATCH, **{key: None}))


def test_a_number_that_yaml_reads_as_text_is_explained() -> None:
    with pytest.raises(
        ConfigError, match=r"learning_rate must be float, not '1e-3' \(YAML reads 1e-3 as text: write 1.0e-3\)"
    ):
        parse_config(changed(SCRATCH, optimizer__learning_rate="1e-3"))


COUNTS = [
    key
    for key, kind in all_keys(Config)
    if "int" in kind.split(" | ") and key not in ("seed", "evaluate__predict_examples")
]


@pytest.mark.parametrize("key", COUNTS)
def test_a_count_below_one_is_an_error(key: str) -> None:
    for value in (0, -3):
        with pytest.raises(ConfigError, match=f"^{key.replace('__', '.')} must be at least 1, not {value}"):
            parse_config(changed(SCRATCH, **{key: value}))


FLOATS = {
    "adapter__alpha": (0.0, -1.0), "adapter__dropout": (-0.1, 1.0), "tokenizer__character_coverage": (0.0, 1.1),
    "model__rope_theta": (0.0, -1.0), "model__norm_eps": (0.0, -1.0), "model__initializer_range": (0.0, -1.0),
    "optimizer__learning_rate": (0.0, -1.0), "optimizer__final_learning_rate_ratio": (-0.1, 1.1),
    "optimizer__warmup_ratio": (-0.1, 1.0), "optimizer__weight_decay": (-0.1, -1.0), "optimizer__beta1": (-0.1, 1.0),
    "optimizer__beta2": (-0.1, 1.0), "optimizer__gradient_clip": (0.0, -1.0), "train__max_minutes": (0.0, -1.0),
    "train__epochs": (0.0, -1.0), "train__prompt_loss_weight": (-0.1, -1.0), "train__evaluate_every_minutes": (0.0, -1.0),
    "train__checkpoint_every_minutes": (0.0, -1.0), "evaluate__command_timeout_minutes": (0.0, -1.0),
}  # fmt: skip


def test_each_float_has_its_range() -> None:
    assert set(FLOATS) == {key for key, kind in all_keys(Config) if "float" in kind}


@pytest.mark.parametrize("key", FLOATS)
def test_a_float_out_of_its_range_is_an_error(key: str) -> None:
    for value in (*FLOATS[key], float("nan"), float("inf")):
        with pytest.raises(ConfigError, match=f"^{key.replace('__', '.')} must "):
            parse_config(changed(SCRATCH, **{key: value}))


WRONG = [
    (SCRATCH, {"data__train": []}, "data.train names no file"),
    (SCRATCH, {"train__max_steps": None}, "give train.max_minutes, train.max_steps or train.epochs: nothing ends the run"),
    (SCRATCH, {"name": " "}, "name is empty"),
    (SCRATCH, {"run_dir": ""}, "run_dir is empty"),
    (SCRATCH, {"seed": -1}, "seed must not be below 0, but is -1"),
    (SCRATCH, {"seed": 2**32}, "seed must be below 2^32"),
    (SCRATCH, {"method": "dora"}, "method must be one of lora, qlora, full, scratch, not dora"),
    (SCRATCH, {"train__precision": "fp16"}, "train.precision must be one of bf16, fp32, not fp16"),
    (SCRATCH, {"train__attention": "flash"}, "train.attention must be one of auto, sdpa, flex, not flash"),
    (SCRATCH, {"optimizer__kind": "sgd"}, "optimizer.kind must be one of adamw, muon, not sgd"),
    (SCRATCH, {"data__too_long": "cut"}, "data.too_long must be one of error, skip, not cut"),
    (SCRATCH, {"export__target_form": "text"}, "export.target_form must be one of sql, sketch, not text"),
    (SCRATCH, {"data__pack_length": 1024}, "data.pack_length is smaller than data.max_length"),
    (SCRATCH, {"data__max_length": 4096}, "data.max_length is larger than model.max_positions"),
    (SCRATCH, {"base__path": "some/model"}, "method scratch takes no base.path; write method: lora, qlora or full"),
    (SCRATCH, {"model__heads": 3}, "model.heads must divide hidden_size, and kv_heads must divide heads"),
    (SCRATCH, {"model__kv_heads": 3}, "model.heads must divide hidden_size, and kv_heads must divide heads"),
    (SCRATCH, {"model__heads": 256}, "model.hidden_size / heads must be even"),
    (SCRATCH, {"model__hidden_size": 72}, "model.hidden_size and feed_forward_size must be multiples of 32"),
    (SCRATCH, {"model__feed_forward_size": 100}, "model.hidden_size and feed_forward_size must be multiples of 32"),
    (SCRATCH, {"evaluate__command": ["x"]}, "evaluate.command needs evaluate.predict_examples above 0"),
    (SCRATCH, {"evaluate__predict_examples": -1}, "evaluate.predict_examples must not be below 0, but is -1"),
    (SCRATCH, {"evaluate__predict_examples": 5, "data__validation": None}, "evaluate.predict_examples needs data.validation"),
    (SCRATCH, {"train__early_stopping_evaluations": 2, "data__validation": None}, "early_stopping_evaluations needs data.validation"),
    (LORA, {"base__path": ""}, "method lora needs base.path: a model's folder or hub id"),
    (LORA, {"optimizer__kind": "muon"}, "optimizer.kind muon is for method scratch; method lora takes adamw"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "keys", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_each_contradiction_is_an_error(values: dict[str, Any], keys: dict[str, Any], message: str) -> None:
    parse_config(values)
    with pytest.raises(ConfigError, match=re.escape(message)):
        parse_config(changed(values, **keys))


FILES = [
    (b"data: [", "is not YAML"),
    (b"name: \xff", "is not UTF-8 text"),
    (b"just text", "must be a mapping of keys to values"),
    (b"", "data.train names no file"),
    (b"seed: 1\ntrain:\n  max_steps: 5\n  max_steps: 6\n", "the key max_steps stands there twice"),
    (b"trian: {}\n", "unknown key trian"),
]


@pytest.mark.parametrize(("content", "message"), FILES)
def test_a_bad_file_is_named_and_ends_with_code_2(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(content)
    assert main(["--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert message in said and str(file) in said and "Traceback" not in said


def test_a_file_that_is_not_there_ends_with_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(tmp_path / "none.yaml")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_a_saved_config_reads_back_the_same(small_config: Config, tmp_path: Path) -> None:
    save_config(small_config, tmp_path / "config.yaml")
    assert load_config(tmp_path / "config.yaml") == small_config


RECIPES = sorted((ROOT / "training" / "configs").glob("*.yaml"))


def test_the_recipes_are_those_that_are_promised() -> None:
    names = {"mistral_lora_config.yaml", "mistral_qlora_config.yaml", "starter_config.yaml", "smoke_config.yaml"}
    assert names <= {path.name for path in RECIPES}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_recipe_loads_and_ends(recipe: Path) -> None:
    config = load_config(recipe)
    assert config.name and config.data.validation
    assert yaml.safe_load(recipe.read_text())["run_dir"] == config.run_dir


def test_the_lora_recipe_is_the_seeds() -> None:
    config = load_config(ROOT / "training" / "configs" / "mistral_lora_config.yaml")
    adapter = config.adapter
    assert (config.method, adapter.rank, adapter.alpha, adapter.dropout) == ("lora", 16, 32, 0.05)
    assert adapter.target_modules == ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    assert (config.optimizer.learning_rate, config.train.precision, config.train.epochs) == (2e-4, "bf16", 3)


def test_the_documentation_lists_every_option_as_the_code_does() -> None:
    """docs/training-options.md is what `python -m training.config` prints, but for the table's padding."""
    done = subprocess.run(
        [sys.executable, "-m", "training.config"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    document = (ROOT / "docs" / "training-options.md").read_text(encoding="utf-8")
    assert cells(done.stdout) == cells(document)
    assert len(cells(document)) == len(all_keys(Config)) + 1


def cells(text: str) -> list[list[str]]:
    """The cells of a Markdown table's rows, the line of dashes left out."""
    rows = [re.split(r"(?<!\\)\|", line.strip())[1:-1] for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("- ")]
