"""The run's manifest, written last: where it is present, the run is complete."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from training.config import Config
from training.data import hash_file


def write_manifest(
    run_dir: Path, config: Config, data_hashes: dict[str, str], state: dict[str, Any], best: Path
) -> None:
    """Write RUN_DIR/manifest.json: what went in, what was done, what came out. Paths are relative to the run."""
    manifest = {
        "format": 1,
        "name": config.name,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": dataclasses.asdict(config),
        "data_sha256": data_hashes,
        "tokenizer_sha256": hash_file(run_dir / "tokenizer.model"),
        "last_checkpoint": {"path": f"checkpoints/step-{state['step']:06d}", **state},
        "best_checkpoint": str(best.relative_to(run_dir)),
        "software": {"python": platform.python_version(), "torch": torch.__version__},
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else f"cpu, {os.cpu_count()} cores",
    }
    partial = run_dir / ".manifest.partial"
    partial.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    partial.replace(run_dir / "manifest.json")
