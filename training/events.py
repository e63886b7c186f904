"""The run's events: one JSON object a line on standard output and in events.jsonl. Logs go to standard error."""

from __future__ import annotations

import json
import math
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KINDS = ("run_started", "step", "eval", "checkpoint", "artifact", "warning", "run_finished", "run_failed")


class EventWriter:
    """Appends to RUN_DIR/events.jsonl, so that a resumed run continues the file."""

    def __init__(self, run_dir: Path) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self._file = open(run_dir / "events.jsonl", "a", encoding="utf-8")

    def write(self, kind: str, **values: Any) -> None:
        """Write one event. Numbers that JSON lacks (NaN, infinity) become null."""
        if kind not in KINDS:
            raise ValueError(f"unknown event {kind}")
        clean = {key: _clean(value) for key, value in values.items()}
        line = json.dumps({"event": kind, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **clean})
        self._file.write(line + "\n")
        self._file.flush()
        print(line, flush=True)

    def close(self) -> None:
        self._file.close()


def _clean(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value
