"""What a finished run leaves besides its checkpoints: the adapter, and the manifest, written last."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from training.config import Config
from training.data import hash_file


def find_commit() -> str | None:
    """Commit of the trainer's checkout, with "+changes" where files differ from it; None outside of one."""
    root = Path(__file__).parent.parent

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    return f"{commit}+changes" if commit and git("status", "--porcelain", "--", "training") else commit


def copy_adapter(run_dir: Path, best: Path) -> Path | None:
    """RUN_DIR/adapter from the best checkpoint, written aside and renamed; None where the run has no adapter."""
    if not (best / "adapter").is_dir():
        return None
    target, partial = run_dir / "adapter", run_dir / ".adapter.partial"
    for folder in (partial, target):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(best / "adapter", partial)
    partial.rename(target)
    return target


def make_manifest(
    run_dir: Path,
    config: Config,
    data_hashes: dict[str, str],
    state: dict[str, Any],
    best_state: dict[str, Any],
    facts: dict[str, Any],
) -> dict[str, Any]:
    """What RUN_DIR/manifest.json holds: what went in, what was done, what came out. Paths are relative to the run.

    state, best_state: of the last and of the best checkpoint. facts: counts and the device's name."""
    tokenizer = run_dir / "tokenizer.model"
    return {
        "format": 2,
        "name": config.name,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": find_commit(),
        "config": dataclasses.asdict(config),
        "data_sha256": data_hashes,
        "dataset_versions": find_versions(list(data_hashes)),
        "tokenizer_sha256": hash_file(tokenizer) if tokenizer.exists() else None,
        "last_checkpoint": {"path": checkpoint_path(state), **state},
        "best_checkpoint": {"path": checkpoint_path(best_state), **best_state},
        "software": {"python": platform.python_version(), **find_packages()},
        "cpu_cores": os.cpu_count(),
        **facts,
    }


def write_manifest(run_dir: Path, manifest: dict[str, Any]) -> Path:
    """Write RUN_DIR/manifest.json, aside and renamed."""
    partial = run_dir / ".manifest.partial"
    partial.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    target = run_dir / "manifest.json"
    partial.replace(target)
    return target


def checkpoint_path(state: dict[str, Any]) -> str:
    return f"checkpoints/step-{state['step']:06d}"


def find_versions(files: list[str]) -> list[str]:
    """Versions of the app's dataset that stand beside the data files (dataset_version.json, written by `data version`)."""
    found = set()
    for folder in {Path(file).parent for file in files}:
        try:
            found.add(json.loads((folder / "dataset_version.json").read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(str(name) for name in found)


def find_packages() -> dict[str, str]:
    """Versions of the packages that decide what a run computes."""
    found = {}
    for name in ("torch", "transformers", "peft", "bitsandbytes", "sentencepiece", "tokenizers"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
