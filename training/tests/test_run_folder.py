"""A run whose recipe lies in its own folder (`run_dir: .`): trained inside it, used from anywhere, moved anywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from training.config import load_run_config
from training.parity import main as parity
from training.tests.make_examples import write_examples
from training.tests.processes import ROOT, read_events

LAUNCH = ROOT / "training" / "launch.py"


def launch(*arguments: str) -> dict[str, object]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(LAUNCH), *arguments]
    return json.loads(subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True).stdout)


def write_run(folder: Path, steps: int) -> None:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    write_examples(folder / "data" / "train.jsonl", groups=20, seed=1)
    write_examples(folder / "data" / "val.jsonl", groups=4, seed=2)
    write_recipe(folder, steps)


def write_recipe(folder: Path, steps: int) -> None:
    recipe = {
        "name": "folder",
        "run_dir": ".",
        "data": {"train": ["data/train.jsonl"], "validation": "data/val.jsonl", "max_length": 256, "pack_length": 512},
        "tokenizer": {"vocab_size": 400},
        "model": {"hidden_size": 32, "layers": 1, "heads": 2, "kv_heads": 1, "feed_forward_size": 64, "max_positions": 256},
        "train": {"max_steps": steps, "precision": "fp32", "log_every_steps": 1, "checkpoint_every_minutes": None},
    }  # fmt: skip
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe))


def wait_for_end(folder: Path) -> dict[str, object]:
    end = time.monotonic() + 90
    while (status := launch("status", str(folder)))["state"] == "running":
        assert time.monotonic() < end
        time.sleep(0.1)
    return status


def test_the_real_trainer_runs_and_resumes_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    write_run(folder, steps=3)
    assert launch("start", str(folder))["state"] == "running"
    assert wait_for_end(folder)["exitCode"] == 0, (folder / "trainer.log").read_text()
    write_recipe(folder, steps=5)
    launch("start", str(folder), "--resume")
    assert wait_for_end(folder)["exitCode"] == 0, (folder / "trainer.log").read_text()
    assert [event["step"] for event in read_events(folder) if event["event"] == "step"] == [1, 2, 3, 4, 5]
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["step-000003", "step-000005"]
    log = (folder / "trainer.log").read_text()
    assert "step 5  epoch" in log
    assert '"event"' not in log, "events are for events.jsonl; the log is for people"
    # Brought to another place, and used from a third one.
    moved = tmp_path / "elsewhere" / "run"
    shutil.copytree(folder, moved)
    shutil.rmtree(folder)
    monkeypatch.chdir(tmp_path)
    config = load_run_config(moved)
    assert config.data.train == [str(moved / "data" / "train.jsonl")]
    assert config.data.validation == str(moved / "data" / "val.jsonl")
    assert parity(["--run", str(moved), "--out", str(tmp_path / "cases.json"), "--count", "5", "--written", "1"]) == 0
    assert len(json.loads((tmp_path / "cases.json").read_text())) == 5


def test_paths_of_a_run_that_was_trained_from_outside_stay(tmp_path: Path) -> None:
    write_run(tmp_path / "run", steps=1)
    recipe = yaml.safe_load((tmp_path / "run" / "recipe.yaml").read_text())
    (tmp_path / "run" / "config.yaml").write_text(yaml.safe_dump({**recipe, "run_dir": "runs/one"}))
    assert load_run_config(tmp_path / "run").data.train == ["data/train.jsonl"]
