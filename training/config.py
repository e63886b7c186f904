"""The run's configuration: one YAML file, every key known by name, every default stated here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


class ConfigError(ValueError):
    """The configuration cannot be used; the message names the key."""


@dataclass
class DataConfig:
    train: list[str] = field(default_factory=list)
    validation: str | None = None
    cache_dir: str = "data/cache/training"
    max_length: int = 2048  # tokens of schema + question + completion, for one example
    max_row_tokens: int = 2048  # tokens of a row that holds several questions of one schema
    questions_per_row: int = 8


@dataclass
class TokenizerConfig:
    file: str | None = None  # an existing tokenizer.model; otherwise one is trained on the data
    vocab_size: int = 4096
    sample_groups: int = 40_000  # groups of lines whose text the tokenizer sees
    character_coverage: float = 0.9995


@dataclass
class ModelConfig:
    hidden_size: int = 256
    layers: int = 8
    heads: int = 4
    kv_heads: int = 2
    feed_forward_size: int = 768
    rope_theta: float = 10_000.0
    max_positions: int = 2048
    norm_eps: float = 1e-5
    initializer_range: float = 0.02


@dataclass
class OptimizerConfig:
    kind: str = "adamw"  # adamw, or muon for the matrices inside the layers
    learning_rate: float = 1.5e-3
    final_learning_rate_ratio: float = 0.02
    warmup_ratio: float = 0.03  # share of the whole run
    weight_decay: float = 0.05  # on matrices only
    beta1: float = 0.9
    beta2: float = 0.95
    gradient_clip: float = 1.0


@dataclass
class TrainConfig:
    max_minutes: float | None = None  # of training, evaluations included, resumed parts added up
    max_steps: int | None = None
    epochs: float | None = None
    micro_batch_tokens: int = 6000
    micro_batches_per_step: int = 1
    prompt_loss_weight: float = 0.0  # of the question's tokens beside the completion's 1.0; never of the schema's
    precision: str = "bf16"  # bf16 (autocast) or fp32
    compile: bool = False
    threads: int | None = None  # PyTorch's own choice when absent
    log_every_steps: int = 10
    evaluate_every_minutes: float | None = None
    evaluate_every_steps: int | None = None
    checkpoint_every_minutes: float | None = 5.0
    checkpoint_every_steps: int | None = None
    keep_checkpoints: int = 2


@dataclass
class ExportConfig:
    title: str = "SQL Codegen Studio starter"
    target_form: str = "sketch"  # what the model writes; the app expands sketches to SQL
    license: str = "cc-by-sa-4.0"
    attribution: str = (
        "Trained from scratch on generated schemas and questions, and on questions of Spider "
        "(Yu et al. 2018, CC BY-SA 4.0), train split only, with its queries rewritten."
    )


@dataclass
class Config:
    name: str = "starter"
    run_dir: str = "runs/starter"
    seed: int = 1
    data: DataConfig = field(default_factory=DataConfig)
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
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
    hint = " (YAML reads 1e-3 as text: write 1.0e-3)" if isinstance(value, str) else ""
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


def _check_whole(config: Config) -> None:
    train, model = config.train, config.model
    if not config.data.train:
        raise ConfigError("data.train names no file")
    if train.max_minutes is None and train.max_steps is None and train.epochs is None:
        raise ConfigError("give train.max_minutes, train.max_steps or train.epochs: nothing ends the run")
    if train.precision not in ("bf16", "fp32"):
        raise ConfigError(f"train.precision must be bf16 or fp32, not {train.precision}")
    if config.optimizer.kind not in ("adamw", "muon"):
        raise ConfigError(f"optimizer.kind must be adamw or muon, not {config.optimizer.kind}")
    if model.hidden_size % model.heads or model.heads % model.kv_heads:
        raise ConfigError("model.heads must divide hidden_size, and kv_heads must divide heads")
    if model.hidden_size % 32 or model.feed_forward_size % 32:
        raise ConfigError("model.hidden_size and feed_forward_size must be multiples of 32, the block of GGUF's Q8_0")
    if config.data.max_length > model.max_positions:
        raise ConfigError("data.max_length is larger than model.max_positions")
    if config.data.max_row_tokens < config.data.max_length:
        raise ConfigError("data.max_row_tokens is smaller than data.max_length")


def parse_config(values: Any) -> Config:
    """Build and check a Config from plain values. Raises ConfigError."""
    config = _build(Config, values, "")
    _check_whole(config)
    return config


def load_config(path: str | Path) -> Config:
    """Read a YAML configuration. Raises ConfigError with the file's name in it."""
    try:
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    try:
        return parse_config(values or {})
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def save_config(config: Config, path: Path) -> None:
    """Write every key with its value in force, so that the run can be read later without this code."""
    path.write_text(yaml.safe_dump(dataclasses.asdict(config), sort_keys=False), encoding="utf-8")
