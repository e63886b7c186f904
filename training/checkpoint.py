"""Checkpoints: written aside, flushed to disk and renamed, so that a folder named step-N is always whole.

step-000500/ holds state.json (readable), config.yaml (what made it), training.pt (optimiser and random states) and the weights:
adapter/ in PEFT's format for an adapter, else model.safetensors.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from safetensors import SafetensorError

from training.config import Config, save_config
from training.disk import DiskFullError, is_disk_full
from training.optimizer import JointOptimizer
from training.weights import Masters, Model, load_weights, save_weights, trainable_bytes

NAME = re.compile(r"^step-(\d+)$")
SPARE_BYTES = 64 * 2**20  # left free on the disk, for events and logs


class CheckpointError(RuntimeError):
    """A checkpoint cannot be read."""


def list_checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if NAME.match(path.name)), key=step_of)


def step_of(path: Path) -> int:
    return int(path.name.removeprefix("step-"))


def score(state: dict[str, Any]) -> tuple[float, float] | None:
    """What makes a checkpoint better than another, larger is better: execution accuracy, then validation loss."""
    loss = state.get("validation_loss")
    if loss is None:
        return None
    accuracy = state.get("execution_accuracy")
    return (-1.0 if accuracy is None else accuracy, -loss)


def best_checkpoint(folder: Path) -> Path | None:
    """The checkpoint with the best score; the newest where none was evaluated."""
    found = list_checkpoints(folder)
    scored = [(value, path) for path in found if (value := score(read_state(path))) is not None]
    return max(scored)[1] if scored else (found[-1] if found else None)


def read_state(path: Path) -> dict[str, Any]:
    """The readable part of a checkpoint: step, elapsed seconds, data position, scores."""
    try:
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        return {"step": state["step"], **state}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{path}/state.json cannot be read ({error!r}); delete {path} to go on from an older one"
        ) from error


def read_config(path: Path) -> dict[str, Any]:
    """The configuration that a checkpoint was made with, as plain values. Raises CheckpointError."""
    try:
        values = yaml.safe_load((path / "config.yaml").read_text(encoding="utf-8"))
        return {"method": values["method"], **values}
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise CheckpointError(
            f"{path}/config.yaml cannot be read ({error!r}); delete {path} to go on from an older one"
        ) from error


def save_checkpoint(
    folder: Path, config: Config, model: Model, masters: Masters, optimizer: JointOptimizer, state: dict[str, Any]
) -> Path:
    """Write folder/step-N. A checkpoint of this step holds the same weights: only its state is written anew.

    Raises DiskFullError, before or after trying, with nothing half written left behind."""
    target = folder / f"step-{state['step']:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    check_room(folder, masters)
    partial = folder / f".partial-{target.name}"
    try:
        if target.exists():
            _write_state(target, state)
            return target
        partial.mkdir()
        save_weights(config, model, masters, partial)
        torch.save({"optimizer": optimizer.state_dict(), "random": random_states()}, partial / "training.pt")
        save_config(config, partial / "config.yaml")
        _write_state(partial, state)
        _flush(partial)
        partial.rename(target)
        _flush_file(folder)
    except (OSError, RuntimeError, SafetensorError) as error:
        is_full = _is_full(error, folder)  # before what was written is deleted
        shutil.rmtree(partial, ignore_errors=True)
        (target / ".state.partial").unlink(missing_ok=True)
        if is_full:
            raise _disk_full(folder, masters) from error
        raise
    return target


def needed_bytes(masters: Masters) -> int:
    """Of one checkpoint: fp32 weights and two moments of each, and a little."""
    return 3 * trainable_bytes(masters) + 2**20


def check_room(folder: Path, masters: Masters) -> None:
    """Raise DiskFullError where a checkpoint would not fit."""
    if shutil.disk_usage(folder).free < needed_bytes(masters) + SPARE_BYTES:
        raise _disk_full(folder, masters)


def _disk_full(folder: Path, masters: Masters) -> DiskFullError:
    free = shutil.disk_usage(folder).free
    return DiskFullError(
        f"a checkpoint needs {needed_bytes(masters) / 2**20:,.0f} MiB and {SPARE_BYTES / 2**20:,.0f} MiB to spare, "
        f"{free / 2**20:,.0f} MiB are free at {folder}; free space, then go on with --resume"
    )


def _is_full(error: Exception, folder: Path) -> bool:
    # PyTorch does not say why a write failed ("unexpected pos 576 vs 534").
    return is_disk_full(error) or (isinstance(error, RuntimeError) and shutil.disk_usage(folder).free < SPARE_BYTES)


def _sweep(folder: Path) -> None:
    """Delete what a killed run left half written or half deleted: it takes room, and nothing reads it."""
    for path in [*folder.glob(".partial-*"), *folder.glob(".deleted-*")]:
        shutil.rmtree(path, ignore_errors=True)


def _write_state(folder: Path, state: dict[str, Any]) -> None:
    partial = folder / ".state.partial"
    partial.write_text(json.dumps(state, indent=1), encoding="utf-8")
    _flush_file(partial)
    partial.replace(folder / "state.json")


def _flush(folder: Path) -> None:
    """Everything below `folder` to disk, so that a cut of power does not leave a renamed folder with empty files."""
    for path in [*folder.rglob("*"), folder]:
        _flush_file(path)


def _flush_file(path: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there, and files only for writing
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load_checkpoint(
    path: Path, config: Config, model: Model, masters: Masters, optimizer: JointOptimizer
) -> dict[str, Any]:
    """Load weights, optimiser and random states in place; returns the state. Raises CheckpointError."""
    try:
        load_weights(config, model, masters, path)
        training = torch.load(path / "training.pt", map_location="cpu", weights_only=True)
        optimizer.load_state_dict(training["optimizer"])
        restore_random_states(training["random"])
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, SafetensorError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path} cannot be loaded ({reason}); delete it to go on from an older one") from error
    return read_state(path)


def random_states() -> dict[str, Any]:
    """Plain values and tensors, so that a checkpoint from elsewhere is read without running what it holds."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    kind, keys, *rest = np.random.get_state(legacy=True)
    numpy = [kind, [int(key) for key in keys], *rest]
    return {"python": random.getstate(), "torch": torch.get_rng_state(), "numpy": numpy, "cuda": cuda}


def restore_random_states(states: dict[str, Any]) -> None:
    random.setstate(states["python"])
    torch.set_rng_state(states["torch"])
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, np.asarray(keys, dtype=np.uint32), *rest))
    if torch.cuda.is_available() and len(states["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(states["cuda"])


def delete_old(folder: Path, keep: int) -> None:
    """Delete all but the newest `keep` and the best."""
    found = list_checkpoints(folder)
    best = best_checkpoint(folder)
    for path in found[: max(0, len(found) - max(1, keep))]:
        if path != best:
            # Renamed first: a run killed while it deletes leaves no step-N with half of its files.
            doomed = path.rename(folder / f".deleted-{path.name}")
            shutil.rmtree(doomed)


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
