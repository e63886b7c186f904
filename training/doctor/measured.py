"""The MFU that this trainer reached on a GPU, from the benchmarks under training/results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.config import Config

RESULTS = Path(__file__).resolve().parent.parent / "results"
# A run is never faster than the bench by much, and may be slower: evaluations, checkpoints, a warm machine room.
SLOWER = 0.85


def find_measured_mfu(
    device: str, config: Config, checkpointing: bool, folder: Path = RESULTS
) -> tuple[tuple[float, float], str] | None:
    """The range over all benchmarks of this device, method, compilation and checkpointing, and where it is from.

    None where there is none."""
    found: dict[float, str] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        found |= {
            figures["mfu"]: file.name
            for figures in _benchmarks(content)
            if _is_alike(figures, device, config, checkpointing)
        }
    if not found:
        return None
    return (SLOWER * min(found), max(found)), f"measured, {', '.join(sorted(set(found.values())))}"


def _benchmarks(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with the keys of training/bench.py's report, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("mfu"), float) and value["mfu"] > 0 and {"device", "method", "compile"} <= set(value):
            yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from _benchmarks(item)


def _is_alike(figures: dict[str, Any], device: str, config: Config, checkpointing: bool) -> bool:
    settings = (config.method, config.train.compile, checkpointing)
    measured = (figures["method"], figures["compile"], figures.get("gradient_checkpointing", False))
    return str(figures["device"]).lower() == device.lower() and measured == settings
