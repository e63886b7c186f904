"""The base model: is it all there, does it fit the tokenizer, what is its shape."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import Config
from training.doctor.check import FAILURE, OK, WARNING, Check, count, name_some
from training.estimate import ModelShape, lora_parameters
from training.hub import HUB_SECONDS

WEIGHT_FILES = ("model.safetensors.index.json", "model.safetensors")
# Settings of config.json that limit how many tokens it reads.
LIMITS = (("max_position_embeddings", "context"), ("sliding_window", "attention window"))


@dataclass
class Base:
    """What is known of the model; `shape` is None where nothing can be computed."""

    shape: ModelShape | None
    settings: dict[str, Any]
    download_bytes: int = 0  # that the run would fetch first

    @property
    def context(self) -> int | None:
        """Tokens that it reads at most; None where it sets no limit."""
        limits = [limit for key, _ in LIMITS if (limit := self.settings.get(key))]
        return min(limits, default=None)


def size_of(shape: ModelShape) -> str:
    """`7.24 billion parameters`, `2.1 million parameters`."""
    size = shape.parameters
    return f"{size / 1e9:.2f} billion parameters" if size >= 1e9 else f"{size / 1e6:.1f} million parameters"


def inspect_base(config: Config, vocab_size: int | None) -> tuple[Base, list[Check]]:
    """vocab_size: the tokenizer's; None where there is no tokenizer."""
    if config.method == "scratch":
        return Base(_scratch_shape(config, vocab_size or config.tokenizer.vocab_size), {}), []
    folder = Path(config.base.path)
    settings, where, problem = _read_folder(folder) if folder.is_dir() else _read_hub(config)
    if settings is None:
        return Base(None, {}), [Check("base.files", FAILURE, "Base model", problem, where)]
    try:
        shape = ModelShape.from_hf_config(settings)
        lora_parameters(shape, config.adapter.rank, config.adapter.target_modules)
    except ValueError as error:
        return Base(None, settings), [
            Check("base.files", FAILURE, "Base model", f"{config.base.path}: {error}", "Use another base.")
        ]
    base = Base(shape, settings)
    files = _check_folder(folder, config, shape) if folder.is_dir() else _check_hub(config, base)
    return base, [files, _check_fit(config, base, vocab_size)]


def _scratch_shape(config: Config, vocab_size: int) -> ModelShape:
    model = config.model
    head_size = model.hidden_size // model.heads
    return ModelShape(
        model.hidden_size,
        model.layers,
        model.heads,
        model.kv_heads,
        head_size,
        model.feed_forward_size,
        vocab_size,
        True,
    )


def _read_folder(folder: Path) -> tuple[dict[str, Any] | None, str, str]:
    """config.json; else None, what to do, and what is wrong."""
    file = folder / "config.json"
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        return None, "Download the whole model, or give its hub id.", f"{file} cannot be read ({error.strerror})"
    except ValueError as error:
        return None, "Download the file again.", f"{file} is not JSON ({error})"
    if not isinstance(settings, dict):
        return None, "Download the file again.", f"{file} is not a JSON object"
    return settings, "", ""


def _read_hub(config: Config) -> tuple[dict[str, Any] | None, str, str]:
    """config.json of a hub id, from the cache or the hub."""
    from huggingface_hub import hf_hub_download

    path = config.base.path
    try:
        file = hf_hub_download(path, "config.json", revision=config.base.revision, etag_timeout=HUB_SECONDS)
    except Exception as error:  # the hub's client raises what its parts raise
        reason = str(error).strip().splitlines() or [type(error).__name__]
        reason = ["the hub does not answer"] if os.environ.get("HF_HUB_OFFLINE") else [reason[0][:200]]
        problem = f"{path} is no folder here, is not in the hub's cache, and could not be fetched ({reason[0]})"
        return (
            None,
            "Check the name and the network; for a gated model log in with `hf auth login`; or give a folder.",
            problem,
        )
    return _read_folder(Path(file).parent)


def _random_weights(known: str) -> Check:
    detail = f"{known}, with random weights: for speed tests only"
    return Check("base.files", WARNING, "Base model", detail, "Set base.random_weights: false.")


def _check_folder(folder: Path, config: Config, shape: ModelShape) -> Check:
    title, name = "Base model", "base.files"
    known = f"{folder}: {size_of(shape)}"
    if config.base.random_weights:
        return _random_weights(known)
    problems = find_weight_problems(folder)
    if problems:
        return Check(
            name,
            FAILURE,
            title,
            f"{folder}: {name_some(problems)}",
            "Download the model again; give it time to finish.",
        )
    return Check(name, OK, title, f"{known}, {count(len(_weight_files(folder)), 'weight file')}, all whole")


def find_weight_problems(folder: Path) -> list[str]:
    """What is missing or cut short among a folder's weights."""
    try:
        files = _weight_files(folder)
    except (OSError, ValueError, AttributeError, KeyError) as error:
        return [f"{WEIGHT_FILES[0]} cannot be read ({error})"]
    if not files:
        return ["no *.safetensors and no *.bin"]
    problems = []
    for file in files:
        if not file.is_file():
            problems.append(f"{file.name} is missing")
        elif file.suffix == ".safetensors" and (fault := _find_fault(file)):
            problems.append(f"{file.name} {fault}")
    return problems


def _weight_files(folder: Path) -> list[Path]:
    index = folder / WEIGHT_FILES[0]
    if index.exists():
        shards = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
        return [folder / shard for shard in sorted(set(shards))]
    return sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))


def _find_fault(file: Path) -> str | None:
    """A safetensors file says its own length: 8 bytes, a JSON header of that many bytes, and the tensors."""
    size = file.stat().st_size
    try:
        with open(file, "rb") as content:
            (length,) = struct.unpack("<Q", content.read(8))
            if length > size:
                return f"is cut short: its header alone needs {length:,} of its {size:,} bytes"
            header = json.loads(content.read(length))
        needed = (
            8
            + length
            + max((item["data_offsets"][1] for key, item in header.items() if key != "__metadata__"), default=0)
        )
    except (struct.error, ValueError, KeyError, TypeError, AttributeError):
        return "is no safetensors file"
    return None if size == needed else f"has {size:,} bytes instead of {needed:,}"


def _check_hub(config: Config, base: Base) -> Check:
    """The weights of a hub id: in the cache, or to be fetched."""
    from huggingface_hub import try_to_load_from_cache

    path, title, name = config.base.path, "Base model", "base.files"
    assert base.shape is not None
    known = f"{path}: {size_of(base.shape)}"
    if config.base.random_weights:
        return _random_weights(known)
    found = [try_to_load_from_cache(path, file, revision=config.base.revision) for file in WEIGHT_FILES]
    cached = next((Path(item) for item in found if isinstance(item, str)), None)
    problems = find_weight_problems(cached.parent) if cached else ["no weights yet"]
    if not problems:
        return Check(name, OK, title, f"{known}, in the hub's cache")
    base.download_bytes = 2 * base.shape.parameters
    fetched = f"the run fetches about {base.download_bytes / 1e9:.1f} GB first"
    detail = f"{known}; {name_some(problems)} in the hub's cache: {fetched}"
    return Check(name, WARNING, title, detail, "Fetch it before a rented GPU waits for it: `hf download`.")


def _check_fit(config: Config, base: Base, vocab_size: int | None) -> Check:
    """Tokenizer and lengths against the model's tables."""
    title, name = "Base model and data", "base.fit"
    assert base.shape is not None
    problems = []
    if vocab_size is not None and vocab_size > base.shape.vocab_size:
        problems.append(f"the tokenizer has {vocab_size:,} tokens, the model's embeddings {base.shape.vocab_size:,}")
    for key, what in LIMITS:
        limit = base.settings.get(key)
        if limit and config.data.max_length > limit:
            problems.append(f"data.max_length {config.data.max_length:,} is more than its {what} of {limit:,}")
    if problems:
        return Check(
            name,
            FAILURE,
            title,
            "; ".join(problems),
            "Use the tokenizer that came with the model, and shorter examples.",
        )
    return Check(
        name, OK, title, f"vocabulary of {base.shape.vocab_size:,}, data.max_length within the model's context"
    )
