"""The run's configuration: one YAML file, every key known by name, every default and unit stated here.

`python -m training.config` prints the table of all options that docs/training-options.md holds.
"""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

METHODS = ("lora", "qlora", "full", "scratch")


class ConfigError(ValueError):
    """The configuration cannot be used; the message names the key."""


def option(default: Any, help: str, unit: str = "") -> Any:
    """A field with its documentation: what it does, and its unit where it has one."""
    metadata = {"help": help, "unit": unit}
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass
class DataConfig:
    train: list[str] = option([], "Files of example lines `{prompt, completion}`.")
    validation: str | None = option(None, "File of example lines that are never trained on.")
    cache_dir: str = option("data/cache/training", "Folder for tokenised examples, keyed by what they were made from.")
    max_length: int = option(2048, "Longest example, prompt, completion and end token together.", "tokens")
    too_long: str = option("error", "A longer example is an `error`, or is left out (`skip`) and counted. Never cut.")
    questions_per_row: int = option(
        8, "Examples whose prompts begin alike (one schema) that share the beginning's computation; 1 shares nothing."
    )
    pack_length: int = option(4096, "Rows are packed into packs of this length; at least max_length.", "tokens")


@dataclass
class BaseConfig:
    path: str = option("", "Folder of a transformers model, or its hub id.")
    revision: str | None = option(None, "Commit or tag of a hub model.")
    random_weights: bool = option(
        False, "Initialise at random instead of loading weights (speed tests; needs config.json only)."
    )


@dataclass
class AdapterConfig:
    rank: int = option(16, "LoRA rank r.")
    alpha: float = option(32.0, "LoRA alpha: the update is scaled by alpha / rank.")
    dropout: float = option(0.05, "LoRA dropout.", "share")
    target_modules: list[str] = option(
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        "Linear modules that get an adapter.",
    )


@dataclass
class TokenizerConfig:
    file: str | None = option(
        None, "method scratch: an existing tokenizer.model; otherwise one is trained on the data."
    )
    vocab_size: int = option(4096, "method scratch: pieces of a trained tokenizer.")
    whole_words: str | None = option(
        None,
        "method scratch: a file of words, separated by spaces, that become one piece each where a tokenizer is trained.",
    )
    sample_examples: int = option(100_000, "method scratch: examples whose text the tokenizer sees.")
    character_coverage: float = option(0.9995, "method scratch: characters with a piece of their own.", "share")


@dataclass
class ModelConfig:
    hidden_size: int = option(256, "method scratch: width; a multiple of 32 (GGUF's Q8_0), of 256 for K-quants.")
    layers: int = option(8, "method scratch: layers.")
    heads: int = option(4, "method scratch: query heads.")
    kv_heads: int = option(2, "method scratch: key and value heads (grouped-query attention).")
    feed_forward_size: int = option(768, "method scratch: width of the feed-forward part.")
    rope_theta: float = option(10_000.0, "method scratch: base of the rotary embedding.")
    max_positions: int = option(2048, "method scratch: longest context.", "tokens")
    norm_eps: float = option(1e-5, "method scratch: epsilon of RMSNorm.")
    initializer_range: float = option(0.02, "method scratch: standard deviation of fresh matrices.")


@dataclass
class OptimizerConfig:
    kind: str = option("adamw", "`adamw`, or `muon` for the matrices inside the layers (method scratch).")
    learning_rate: float = option(1.5e-3, "Peak learning rate.")
    final_learning_rate_ratio: float = option(0.02, "Learning rate at the end, as a share of the peak.", "share")
    warmup_ratio: float = option(0.03, "Linear warm-up.", "share of the run")
    weight_decay: float = option(0.05, "Decoupled weight decay, on matrices only.")
    beta1: float = option(0.9, "AdamW's beta1.")
    beta2: float = option(0.95, "AdamW's beta2.")
    gradient_clip: float = option(1.0, "Largest norm of all gradients together.")


@dataclass
class TrainConfig:
    max_minutes: float | None = option(None, "End of the run by training time, resumed parts added up.", "minutes")
    max_steps: int | None = option(None, "End of the run by optimiser steps.", "steps")
    epochs: float | None = option(None, "End of the run by passes over the training data.", "epochs")
    min_steps: int | None = option(
        None, "With epochs: at least so many steps, by more passes where there is little data.", "steps"
    )
    packs_per_step: int = option(1, "Packs of data.pack_length tokens in one optimiser step, over all GPUs.", "packs")
    micro_batch_packs: int | None = option(
        None, "Packs computed at once on one device; found by trying when absent (CPU: 1).", "packs"
    )
    gradient_checkpointing: bool | None = option(
        None, "Compute activations twice to save memory; when absent, only if one pack does not fit without."
    )
    prompt_loss_weight: float = option(
        0.0, "Loss on the part of the prompt that is not shared, beside the completion's 1.0.", "weight"
    )
    loss_chunk_tokens: int = option(1024, "Positions whose logits exist at one time.", "tokens")
    precision: str = option("bf16", "`bf16` or `fp32`.")
    attention: str = option(
        "auto", "`sdpa` (row by row), `flex` (one kernel for all rows; CUDA), or `auto`: flex on CUDA."
    )
    compile: bool = option(False, "torch.compile the layers: pays on CUDA after about a minute of compiling.")
    threads: int | None = option(None, "CPU threads; PyTorch's own choice when absent.", "threads")
    log_every_steps: int = option(10, "Steps between two step events.", "steps")
    evaluate_every_minutes: float | None = option(None, "Time between evaluations.", "minutes")
    evaluate_every_steps: int | None = option(None, "Steps between evaluations.", "steps")
    checkpoint_every_minutes: float | None = option(10.0, "Time between checkpoints.", "minutes")
    checkpoint_every_steps: int | None = option(500, "Steps between checkpoints.", "steps")
    keep_checkpoints: int = option(2, "Newest checkpoints kept; the best is kept besides.")
    early_stopping_evaluations: int | None = option(
        None, "Stop after so many evaluations in a row without a new best.", "evaluations"
    )


@dataclass
class EvaluateConfig:
    examples: int | None = option(None, "Validation examples for the loss; all when absent.")
    predict_examples: int = option(
        0, "Validation examples whose SQL is written greedily at each evaluation; 0 for none."
    )
    max_new_tokens: int = option(256, "Longest prediction.", "tokens")
    command: list[str] = option(
        [],
        "Command that executes a file of predictions (appended as the last argument) and prints JSON with "
        "`executionAccuracy`; the best checkpoint is then the one with the highest.",
    )
    command_timeout_minutes: float = option(10.0, "Limit for the command.", "minutes")


@dataclass
class ExportConfig:
    title: str = option("", "The model's name in its GGUF file and card; `name` when empty.")
    target_form: str = option("sql", "What the model writes: `sql`, or `sketch`, which the app expands to SQL.")
    license: str = option("", "Licence of the result, an SPDX id.")
    attribution: str = option("", "Whose work is in the result.")


@dataclass
class Config:
    name: str = option("run", "The run's name.")
    run_dir: str = option("runs/run", "Folder that the run writes.")
    seed: int = option(1, "Seed of weights, order and dropout.")
    method: str = option(
        "scratch", "`lora`, `qlora` (4-bit base), `full` (all weights) or `scratch` (a new small model)."
    )
    data: DataConfig = field(default_factory=DataConfig)
    base: BaseConfig = field(default_factory=BaseConfig)
    adapter: AdapterConfig = field(default_factory=AdapterConfig)
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    evaluate: EvaluateConfig = field(default_factory=EvaluateConfig)
    export: ExportConfig = field(default_factory=ExportConfig)


_KINDS = {"int": int, "float": (int, float), "str": str, "bool": bool}


def _check_value(name: str, annotation: str, value: Any) -> Any:
    """Accept `value` for a field whose annotation reads like `float | None`, or raise ConfigError."""
    allowed = [part.strip() for part in annotation.split("|")]
    if value is None:
        if "None" in allowed:
            return None
    elif "list[str]" in allowed:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
    else:
        for kind in allowed:
            is_right = kind in _KINDS and isinstance(value, _KINDS[kind])
            if is_right and (kind == "bool" or not isinstance(value, bool)):
                return float(value) if kind == "float" else value
    hint = ""
    if isinstance(value, str) and "float" in allowed and re.fullmatch(r"[+-]?\d+e[+-]?\d+", value, re.IGNORECASE):
        hint = " (YAML reads 1e-3 as text: write 1.0e-3)"
    if "list[str]" in allowed and isinstance(value, str):
        hint = f" (write [{value}])"
    raise ConfigError(f"{name} must be {annotation}, not {value!r}{hint}")


def _build(cls: type, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise ConfigError(f"{where or 'the configuration'} must be a mapping of keys to values")
    fields = {item.name: item for item in dataclasses.fields(cls)}
    unknown = sorted(str(key) for key in values if key not in fields)
    if unknown:
        raise ConfigError(f"unknown key {where}{unknown[0]}; known: {', '.join(sorted(fields))}")
    built = {}
    for key, value in values.items():
        factory = fields[key].default_factory
        if dataclasses.is_dataclass(factory):
            built[key] = _build(factory, value, f"{where}{key}.")
        else:
            built[key] = _check_value(f"{where}{key}", fields[key].type, value)
    return cls(**built)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(choices)}, not {value}")


ABOVE_0 = (
    "adapter.alpha", "model.rope_theta", "model.norm_eps", "model.initializer_range", "optimizer.learning_rate",
    "optimizer.gradient_clip", "train.max_minutes", "train.epochs", "train.evaluate_every_minutes",
    "train.checkpoint_every_minutes", "evaluate.command_timeout_minutes", "tokenizer.character_coverage",
)  # fmt: skip
FROM_0 = ("seed", "evaluate.predict_examples", "optimizer.weight_decay", "train.prompt_loss_weight")
AT_MOST_1 = ("optimizer.final_learning_rate_ratio", "tokenizer.character_coverage")
BELOW_1 = ("adapter.dropout", "optimizer.warmup_ratio", "optimizer.beta1", "optimizer.beta2")


def _numbers(part: Any, prefix: str = "") -> dict[str, int | float]:
    """`{"train.max_steps": 5, …}`"""
    found: dict[str, int | float] = {}
    for item in dataclasses.fields(part):
        value = getattr(part, item.name)
        if dataclasses.is_dataclass(value):
            found |= _numbers(value, f"{item.name}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[prefix + item.name] = value
    return found


def _check_ranges(config: Config) -> None:
    """Counts and lengths below 1, and rates and shares out of their range, are slips of the pen."""
    for key, value in _numbers(config).items():
        if not math.isfinite(value):
            raise ConfigError(f"{key} must be a number, not {value}")
        if isinstance(value, int) and value < 1 and key not in FROM_0:
            raise ConfigError(f"{key} must be at least 1, not {value}")
        if key in ABOVE_0 and value <= 0:
            raise ConfigError(f"{key} must be above 0, not {value}")
        if key in (*FROM_0, *AT_MOST_1, *BELOW_1) and value < 0:
            raise ConfigError(f"{key} must not be below 0, but is {value}")
        if (key in AT_MOST_1 and value > 1) or (key in BELOW_1 and value >= 1):
            raise ConfigError(f"{key} must be {'at most' if key in AT_MOST_1 else 'below'} 1, not {value}")
    if config.seed >= 2**32:
        raise ConfigError(f"seed must be below 2^32, not {config.seed}")


def _check_model(config: Config) -> None:
    model = config.model
    if config.method != "scratch":
        if not config.base.path:
            raise ConfigError(f"method {config.method} needs base.path: a model's folder or hub id")
        if config.optimizer.kind == "muon":
            raise ConfigError(f"optimizer.kind muon is for method scratch; method {config.method} takes adamw")
        return
    if config.base.path:
        raise ConfigError("method scratch takes no base.path; write method: lora, qlora or full")
    if model.hidden_size % model.heads or model.heads % model.kv_heads:
        raise ConfigError("model.heads must divide hidden_size, and kv_heads must divide heads")
    if model.hidden_size // model.heads % 2:
        raise ConfigError("model.hidden_size / heads must be even: the rotary embedding turns pairs of numbers")
    if model.hidden_size % 32 or model.feed_forward_size % 32:
        raise ConfigError("model.hidden_size and feed_forward_size must be multiples of 32, the block of GGUF's Q8_0")
    if config.data.max_length > model.max_positions:
        raise ConfigError("data.max_length is larger than model.max_positions")


def _check_whole(config: Config) -> None:
    train = config.train
    for key in ("name", "run_dir"):
        if not getattr(config, key).strip():
            raise ConfigError(f"{key} is empty")
    if not config.data.train:
        raise ConfigError("data.train names no file")
    if train.max_minutes is None and train.max_steps is None and train.epochs is None:
        raise ConfigError("give train.max_minutes, train.max_steps or train.epochs: nothing ends the run")
    _check_choice("method", config.method, METHODS)
    _check_choice("train.precision", train.precision, ("bf16", "fp32"))
    _check_choice("train.attention", train.attention, ("auto", "sdpa", "flex"))
    _check_choice("optimizer.kind", config.optimizer.kind, ("adamw", "muon"))
    _check_choice("data.too_long", config.data.too_long, ("error", "skip"))
    _check_choice("export.target_form", config.export.target_form, ("sql", "sketch"))
    _check_ranges(config)
    _check_model(config)
    if config.data.pack_length < config.data.max_length:
        raise ConfigError("data.pack_length is smaller than data.max_length")
    if config.evaluate.predict_examples and not config.data.validation:
        raise ConfigError("evaluate.predict_examples needs data.validation")
    if config.evaluate.command and not config.evaluate.predict_examples:
        raise ConfigError("evaluate.command needs evaluate.predict_examples above 0")
    if train.early_stopping_evaluations and not config.data.validation:
        raise ConfigError("train.early_stopping_evaluations needs data.validation")


def parse_config(values: Any) -> Config:
    """Build and check a Config from plain values. Raises ConfigError."""
    config = _build(Config, values, "")
    _check_whole(config)
    return config


class _OneKeyLoader(yaml.SafeLoader):
    """YAML whose mappings name no key twice: the last one would win without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = set()
        for key, _ in node.value:
            name = self.construct_object(key)
            if name in names:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {name} stands there twice", key.start_mark
                )
            names.add(name)
        return super().construct_mapping(node, deep)


def load_config(path: str | Path) -> Config:
    """Read a YAML configuration. Raises ConfigError with the file's name in it."""
    try:
        values = yaml.load(Path(path).read_text(encoding="utf-8"), _OneKeyLoader)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    try:
        return parse_config(values or {})
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def load_run_config(run: Path) -> Config:
    """The configuration of a run by its folder. Raises ConfigError.

    Where run_dir is `.`, the trainer ran inside its folder, and its other paths begin there too: they are given as they are
    reached from here."""
    config = load_config(run / "config.yaml")
    if Path(config.run_dir) != Path() or run.resolve() == Path().resolve():
        return config
    data, tokenizer = config.data, config.tokenizer
    data.train = [str(run / file) for file in data.train]
    data.validation = data.validation and str(run / data.validation)
    data.cache_dir = str(run / data.cache_dir)
    tokenizer.file = tokenizer.file and str(run / tokenizer.file)
    tokenizer.whole_words = tokenizer.whole_words and str(run / tokenizer.whole_words)
    if (run / config.base.path).is_dir() and config.base.path:  # else a hub id
        config.base.path = str(run / config.base.path)
    config.run_dir = str(run)
    return config


def show_run_dir(config: Config) -> str:
    """The run's folder as people know it: `.` says nothing to them."""
    return config.run_dir if Path(config.run_dir) != Path() else str(Path().resolve())


def save_config(config: Config, path: Path) -> None:
    """Write every key with its value in force, so that the run can be read later without this code."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(yaml.safe_dump(dataclasses.asdict(config), sort_keys=False), encoding="utf-8")
    partial.replace(path)


def describe_options() -> str:
    """All options as a Markdown table: key, type, default, unit, meaning."""
    lines = ["| option | type | default | unit | meaning |", "| --- | --- | --- | --- | --- |"]

    def add(cls: type, prefix: str) -> None:
        for item in dataclasses.fields(cls):
            if dataclasses.is_dataclass(item.default_factory):
                add(item.default_factory, f"{prefix}{item.name}.")
                continue
            default = item.default if item.default_factory is dataclasses.MISSING else item.default_factory()
            shown = (
                ""
                if default in (None, "", [])
                else f"`{yaml.safe_dump(default, default_flow_style=True).splitlines()[0]}`"
            )
            kind = item.type.replace("|", "\\|")
            meaning = item.metadata["help"].replace("|", "\\|")
            lines.append(f"| `{prefix}{item.name}` | {kind} | {shown} | {item.metadata['unit']} | {meaning} |")

    add(Config, "")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(describe_options(), end="")
