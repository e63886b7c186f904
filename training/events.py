"""The run's events: one JSON object a line on standard output and in events.jsonl, and TensorBoard files beside it.
With SQLCODEGEN_PRINT_EVENTS=text, standard output has them as lines for people instead.

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

from training.disk import DiskFullError, is_disk_full

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
# Warnings and failures are logged in words already.
DESCRIBED = {
    "run_started": "{name}, {method}, on {device}: {examples} examples, from step {step}",
    "step": "step {step}  epoch {epoch}  loss {loss}  lr {learning_rate}  {tokens_per_second} tokens/s",
    "eval": "step {step}  validation loss {validation_loss}  tokens right {token_accuracy}",
    "checkpoint": "step {step}  saved {path}, {bytes} bytes",
    "artifact": "wrote {path}, {bytes} bytes",
    "run_finished": "{outcome} at step {step} after {elapsed_seconds} s",
}


def log(message: str) -> None:
    _print(message, "stderr")


def _print(line: str, stream: str) -> None:
    """Print to sys.stdout or sys.stderr. Whoever listened may have gone, which must not end a run of hours."""
    try:
        print(line, file=getattr(sys, stream), flush=True)
    except (OSError, ValueError):
        setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))


class EventWriter:
    """Appends to RUN_DIR/events.jsonl, so that a resumed run continues the file."""

    def __init__(self, run_dir: Path, first_step: int = 0) -> None:
        """first_step: TensorBoard hides what an interrupted run had charted after it."""
        run_dir.mkdir(parents=True, exist_ok=True)
        path = run_dir / "events.jsonl"
        _drop_half_line(path)
        self._path = path
        self._file = open(path, "ab", buffering=0)
        self._charts = _open_tensorboard(run_dir / "tensorboard", first_step)

    def write(self, kind: str, **values: Any) -> None:
        """Write one event. Numbers that JSON lacks (NaN, infinity) become null."""
        if kind not in KINDS:
            raise ValueError(f"unknown event {kind}")
        clean = {key: _clean(value) for key, value in values.items()}
        line = json.dumps({"event": kind, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **clean})
        try:
            self._append(f"{line}\n".encode())
        finally:
            if os.environ.get("SQLCODEGEN_PRINT_EVENTS") != "text":
                _print(line, "stdout")
            elif kind in DESCRIBED:
                _print(describe(kind, clean), "stdout")
        self._chart(kind, clean)

    def _append(self, line: bytes) -> None:
        """The whole line or nothing of it. Raises DiskFullError."""
        size = os.fstat(self._file.fileno()).st_size
        written = 0
        try:
            while written < len(line):  # a disk that fills up takes a part
                written += self._file.write(line[written:])
        except OSError as error:
            os.ftruncate(self._file.fileno(), size)
            if is_disk_full(error):
                raise DiskFullError(f"{self._path} cannot be written: no space left on the disk") from error
            raise

    def _chart(self, kind: str, values: dict[str, Any]) -> None:
        if self._charts is None:
            return
        try:
            for key, title in CHARTS.get(kind, {}).items():
                if values.get(key) is not None:
                    self._charts.add_scalar(title, values[key], values["step"])
            if kind == "eval":
                self._charts.flush()
        except OSError as error:
            log(f"no more TensorBoard files: {error}")  # events.jsonl holds the same
            self._charts = None

    def close(self) -> None:
        self._file.close()
        try:
            if self._charts is not None:
                self._charts.close()
        except OSError as error:
            log(f"the last TensorBoard values are not written: {error}")


def describe(kind: str, values: dict[str, Any]) -> str:
    """An event in one line for people."""
    text = DESCRIBED[kind].format_map({key: _show(value) for key, value in values.items()})
    if values.get("execution_accuracy") is not None:
        text += f"  executed right {_show(values['execution_accuracy'])}"
    return f"{datetime.now().strftime('%H:%M:%S')} {text}"


def _show(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


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
    return SummaryWriter(str(folder), purge_step=first_step + 1)


def _clean(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 8) if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value
