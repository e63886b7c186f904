"""The run's events: one JSON object a line on standard output and in events.jsonl, and TensorBoard files beside it.

event_schema.json, which the app exports, says what each event holds. Logs go to standard error.
"""

from __future__ import annotations

import json
import math
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KINDS = ("run_started", "step", "eval", "checkpoint", "artifact", "warning", "run_finished", "run_failed")
CHARTS = {
    "step": {
        "loss": "train/loss",
        "learning_rate": "train/learning_rate",
        "gradient_norm": "train/gradient_norm",
        "tokens_per_second": "speed/tokens_per_second",
        "mfu": "speed/mfu",
        "gpu_memory_bytes": "gpu/memory_bytes",
        "gpu_utilization": "gpu/utilization",
    },
    "eval": {
        "validation_loss": "validation/loss",
        "token_accuracy": "validation/token_accuracy",
        "exact_completions": "validation/exact_completions",
        "execution_accuracy": "validation/execution_accuracy",
    },
}


def log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


class EventWriter:
    """Appends to RUN_DIR/events.jsonl, so that a resumed run continues the file."""

    def __init__(self, run_dir: Path, first_step: int = 0) -> None:
        """first_step: TensorBoard hides what an interrupted run had charted from there on."""
        run_dir.mkdir(parents=True, exist_ok=True)
        path = run_dir / "events.jsonl"
        _drop_half_line(path)
        self._file = open(path, "a", encoding="utf-8")
        self._charts = _open_tensorboard(run_dir / "tensorboard", first_step)

    def write(self, kind: str, **values: Any) -> None:
        """Write one event. Numbers that JSON lacks (NaN, infinity) become null."""
        if kind not in KINDS:
            raise ValueError(f"unknown event {kind}")
        clean = {key: _clean(value) for key, value in values.items()}
        line = json.dumps({"event": kind, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **clean})
        self._file.write(line + "\n")
        self._file.flush()
        try:
            print(line, flush=True)
        except BrokenPipeError:  # whoever listened has gone; the file remains
            sys.stdout = open(os.devnull, "w", encoding="utf-8")
        self._chart(kind, clean)

    def _chart(self, kind: str, values: dict[str, Any]) -> None:
        for key, title in CHARTS.get(kind, {}).items():
            if self._charts is not None and values.get(key) is not None:
                self._charts.add_scalar(title, values[key], values["step"])
        if kind == "eval" and self._charts is not None:
            self._charts.flush()

    def close(self) -> None:
        self._file.close()
        if self._charts is not None:
            self._charts.close()


def _drop_half_line(path: Path) -> None:
    """A killed run may have written half a line: cut it off, so that the next event begins a line of its own."""
    if not path.exists():
        return
    with open(path, "r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)


def _open_tensorboard(folder: Path, first_step: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        log("no TensorBoard files: the package tensorboard is not installed")
        return None
    return SummaryWriter(str(folder), purge_step=first_step or None)


def _clean(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 8) if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value
