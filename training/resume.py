"""What may differ between the configuration of a checkpoint and the one that goes on from it."""

from __future__ import annotations

import dataclasses
from typing import Any

from training.config import Config, ConfigError, show_run_dir

# The stored weights and moments fit these alone.
FIXED = {"method", "optimizer.kind", "adapter.rank", "adapter.alpha", "adapter.target_modules"}
FIXED_PARTS = ("model.",)
# Fresh weights only, and a limit: neither changes what the stored weights compute.
FREE_OF_MODEL = {"model.initializer_range", "model.max_positions"}
# They decide which examples stand where in an epoch: a position in the old order says nothing in the new one.
ORDER = {"seed", "data.max_length", "data.too_long", "data.questions_per_row", "data.pack_length"}
# Where files lie, how often something is done, and how fast: not worth a word. Of the data, its content decides, not its name.
SILENT = {"name", "run_dir", "data.train", "data.validation", "data.cache_dir", "model.initializer_range"} | {
    f"train.{key}"
    for key in (
        "micro_batch_packs", "gradient_checkpointing", "loss_chunk_tokens", "attention", "compile", "threads",
        "log_every_steps", "evaluate_every_minutes", "evaluate_every_steps", "checkpoint_every_minutes",
        "checkpoint_every_steps", "keep_checkpoints", "early_stopping_evaluations",
    )
}  # fmt: skip
SILENT_PARTS = ("evaluate.", "export.")
UNUSED_PARTS = {"scratch": ("base.", "adapter."), "full": ("adapter.", "model.", "tokenizer.")}


@dataclasses.dataclass
class Changes:
    warnings: list[str]
    reorders: bool  # the data starts from its beginning


def compare_configs(stored: dict[str, Any], config: Config) -> Changes:
    """The changes that a resumed run goes on with. Raises ConfigError, naming the key, for one that it cannot.

    stored: the plain values of the checkpoint's configuration. A key that only one of both knows is passed over."""
    old, new = _flatten(stored), _flatten(dataclasses.asdict(config))
    changed = [key for key in new if key in old and old[key] != new[key] and not _is_unused(key, config.method)]
    for key in changed:
        if key in FIXED or (key.startswith(FIXED_PARTS) and key not in FREE_OF_MODEL):
            raise ConfigError(
                f"{key} is {new[key]}, but the run in {show_run_dir(config)} was trained with {old[key]}: "
                "write that to go on with it, or choose another run_dir"
            )
    told = [key for key in changed if key not in SILENT and not key.startswith(SILENT_PARTS)]
    return Changes([_describe(key, old[key], new[key]) for key in told], any(key in ORDER for key in changed))


def _describe(key: str, old: Any, new: Any) -> str:
    if key.startswith("tokenizer."):
        return f"{key} was {old} and is {new} now, which changes nothing: the run keeps its tokenizer."
    if key in ORDER:
        return f"{key} was {old} and is {new} from here on: the data starts from its beginning."
    return f"{key} was {old} and is {new} from here on."


def _is_unused(key: str, method: str) -> bool:
    return key.startswith(UNUSED_PARTS.get(method, ("model.", "tokenizer.")))


def _flatten(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """`{"train.max_steps": 5, …}`; lists are sorted, since no option's order means anything but the data's."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = sorted(value) if isinstance(value, list) else value
    return flat
