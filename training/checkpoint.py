"""Checkpoints: written aside and renamed, so that a folder named step-N is always whole."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch

NAME = re.compile(r"^step-(\d+)$")


def list_checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if NAME.match(path.name)), key=lambda path: int(path.name[5:]))


def best_checkpoint(folder: Path) -> Path | None:
    """The checkpoint with the lowest validation loss; the newest where none was evaluated."""
    found = list_checkpoints(folder)
    evaluated = [(loss, path) for path in found if (loss := read_state(path).get("validation_loss")) is not None]
    return min(evaluated)[1] if evaluated else (found[-1] if found else None)


def read_state(path: Path) -> dict[str, Any]:
    """The readable part of a checkpoint: step, elapsed seconds, data position, validation loss."""
    return json.loads((path / "state.json").read_text(encoding="utf-8"))


def save_checkpoint(
    folder: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer, state: dict[str, Any], keep: int
) -> Path:
    """Write folder/step-N, then delete all but the newest `keep` and the best."""
    target = folder / f"step-{state['step']:06d}"
    partial = folder / f".partial-{target.name}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    torch.save(model.state_dict(), partial / "model.pt")
    torch.save({"optimizer": optimizer.state_dict(), "random": _random_states()}, partial / "training.pt")
    (partial / "state.json").write_text(json.dumps(state, indent=1), encoding="utf-8")
    # A checkpoint of this step may exist (a resumed run that stopped at once); it holds the same training.
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    _delete_old(folder, keep)
    return target


def load_checkpoint(path: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Load weights, optimiser and random states in place; returns the state."""
    model.load_state_dict(torch.load(path / "model.pt", map_location="cpu", weights_only=True))
    training = torch.load(path / "training.pt", map_location="cpu", weights_only=False)
    optimizer.load_state_dict(training["optimizer"])
    random = training["random"]
    torch.set_rng_state(random["torch"])
    np.random.set_state(random["numpy"])
    if torch.cuda.is_available() and random["cuda"]:
        torch.cuda.set_rng_state_all(random["cuda"])
    return read_state(path)


def _random_states() -> dict[str, Any]:
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"torch": torch.get_rng_state(), "numpy": np.random.get_state(), "cuda": cuda}


def _delete_old(folder: Path, keep: int) -> None:
    found = list_checkpoints(folder)
    best = best_checkpoint(folder)
    for path in found[: max(0, len(found) - max(1, keep))]:
        if path != best:
            shutil.rmtree(path)
