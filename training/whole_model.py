"""A run's weights as a whole model: a transformers folder (config.json, model.safetensors, the tokenizer's files).

Everything is on the CPU, in the base model's own dtype, and written aside and renamed.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import torch
from safetensors.torch import load_file, save_file

from training.config import Config
from training.events import log
from training.scratch_model import to_hf_config
from training.tokenizer import WordTokenizer
from training.tokenizer_folder import write_tokenizer_folder

TOKENIZER_FILES = (
    "tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt", "chat_template.jinja",
)  # fmt: skip
# Beside the weights themselves: the largest matrix and its update in fp32 (a 7B model's: 0.7 GB), and Python's libraries.
SPARE_MEMORY = 2 * 10**9
ADAPTER_INSTEAD = "export the adapter alone with --adapter-only"
TOKENS_INSTEAD = "compare tokens alone with --written 0"


class ExportError(ValueError):
    """The run, its base or this machine cannot give what was asked for; the message says why and what to do."""


def locate_base(path: str, revision: str | None = None) -> Path:
    """The folder of a base model given as a folder, or as a hub id that training has downloaded. Raises ExportError."""
    if Path(path).is_dir():
        return Path(path)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(path, revision=revision, local_files_only=True))
    except Exception as error:  # the hub's errors are many: bad name, not in the cache, cache damaged
        raise ExportError(
            f"The base model {path} is not on this machine. Export where the run was trained, "
            f"or download it first: hf download {path}"
        ) from error


def weight_bytes(folder: Path) -> int:
    """Bytes of a model's weights on disk; of one form where a folder holds them in several, as downloaded ones do."""
    for pattern in ("model*.safetensors", "*.safetensors", "*.bin"):
        if files := list(folder.glob(pattern)):
            return sum(file.stat().st_size for file in files)
    return 0


def check_memory(needed: int, what: str, instead: str) -> None:
    """Say what `what` needs; raise ExportError, which names what to do instead, where it is not free."""
    free = psutil.virtual_memory().available
    log(f"{what} needs about {needed / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB are free")
    if needed > free:
        raise ExportError(
            f"{what} needs about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free. "
            f"Close other programs, use a larger machine, or {instead}."
        )


def merge_adapter(base_folder: Path, adapter_folder: Path, target: Path) -> None:
    """Write base + adapter as a whole model: each matrix W becomes W + alpha / rank * B A, computed in fp32 by PEFT.

    base_folder: the base in its own precision, also for QLoRA, whose 4-bit base exists only while training.
    Needs memory for the base's weights once. Raises ExportError.
    """
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    check_memory(weight_bytes(base_folder) + weight_bytes(adapter_folder) + SPARE_MEMORY, "Merging", ADAPTER_INSTEAD)
    try:
        base = AutoModelForCausalLM.from_pretrained(base_folder, dtype="auto", device_map=None)
        merged = PeftModel.from_pretrained(base, str(adapter_folder)).merge_and_unload(safe_merge=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ExportError(f"{adapter_folder} cannot be merged into {base_folder}: {_first_line(error)}") from error
    with write_aside(target) as partial:
        merged.save_pretrained(partial)
        copy_tokenizer(base_folder, partial)


def write_full(base_folder: Path, checkpoint: Path, target: Path) -> None:
    """Write a model whose every weight was trained: the checkpoint's fp32 weights in the base's dtype."""
    settings = _read_json(base_folder / "config.json")
    name = settings.get("dtype") or settings.get("torch_dtype") or "float32"
    dtype = getattr(torch, name)
    weights = checkpoint / "model.safetensors"
    check_memory(weight_bytes(checkpoint) * dtype.itemsize // 4 + SPARE_MEMORY, "Writing the model", "add swap space")
    with write_aside(target) as partial:
        tensors = {key: tensor.to(dtype) for key, tensor in load_file(weights).items()}
        save_file(tensors, partial / "model.safetensors", metadata={"format": "pt"})
        for file in ("config.json", "generation_config.json"):
            if (base_folder / file).exists():
                shutil.copyfile(base_folder / file, partial / file)
        copy_tokenizer(base_folder, partial)


def write_scratch(config: Config, checkpoint: Path, tokenizer: Path, target: Path) -> None:
    """Write a model trained from scratch, fp32, its tied embeddings once."""
    with write_aside(target) as partial:
        shutil.copyfile(checkpoint / "model.safetensors", partial / "model.safetensors")
        write_tokenizer_folder(tokenizer, partial)
        settings = to_hf_config(config.model, WordTokenizer(tokenizer).vocab_size)
        (partial / "config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def load_causal(config: Config, checkpoint: Path, tokenizer_size: int) -> Any:
    """A checkpoint's model in transformers, on the CPU, in fp32: base and adapter side by side, nothing merged."""
    from transformers import AutoConfig, AutoModelForCausalLM, MistralConfig

    if config.method == "scratch":
        settings = MistralConfig(**to_hf_config(config.model, tokenizer_size))
        return _load_whole(settings, checkpoint)
    base_folder = locate_base(config.base.path, config.base.revision)
    if config.method == "full":
        return _load_whole(AutoConfig.from_pretrained(base_folder), checkpoint)
    from peft import PeftModel

    check_memory(2 * weight_bytes(base_folder) + SPARE_MEMORY, "Running the checkpoint in fp32", TOKENS_INSTEAD)
    base = AutoModelForCausalLM.from_pretrained(base_folder, dtype=torch.float32)
    return PeftModel.from_pretrained(base, str(checkpoint / "adapter")).eval()


def _load_whole(settings: Any, checkpoint: Path) -> Any:
    from transformers import AutoModelForCausalLM

    causal = AutoModelForCausalLM.from_config(settings, dtype=torch.float32)
    missing, unexpected = causal.load_state_dict(load_file(checkpoint / "model.safetensors"), strict=False)
    causal.tie_weights()
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise ExportError(f"{checkpoint} does not fit its configuration: {[*missing, *unexpected][0]} is not in both")
    return causal.eval()


def copy_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer's files that `source` has."""
    for name in TOKENIZER_FILES:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)


@contextlib.contextmanager
def write_aside(target: Path) -> Iterator[Path]:
    """A fresh folder beside `target` that takes its place when the block ends in order."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as aside:
        partial = Path(aside, target.name)
        partial.mkdir()
        yield partial
        if target.exists():
            target.rename(Path(aside, "previous"))
        partial.rename(target)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExportError(f"{file} cannot be read: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
