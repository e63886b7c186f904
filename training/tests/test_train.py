"""Whole runs of a tiny model on the CPU: they learn, resume exactly, end by the clock, and say what they do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from training.checkpoint import best_checkpoint, list_checkpoints, read_state
from training.config import Config, ConfigError, load_config, save_config
from training.tests.conftest import make_config
from training.tests.make_examples import write_examples
from training.train import Trainer, main, rate_at

ROOT = Path(__file__).parent.parent.parent


def train(config: Config, resume: bool = False, stop_after: int | None = None) -> Trainer:
    trainer = Trainer(config, resume)
    if stop_after is not None:
        step = trainer.train_step

        def step_then_stop(places):  # type: ignore[no-untyped-def]
            result = step(places)
            trainer.stop.requested = trainer.step >= stop_after
            return result

        trainer.train_step = step_then_stop  # type: ignore[method-assign]
    trainer.run()
    trainer.events.close()
    return trainer


def events_of(config: Config) -> list[dict[str, object]]:
    return [json.loads(line) for line in (Path(config.run_dir) / "events.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_a_resumed_run_equals_a_straight_one(small_config: Config, tmp_path: Path, kind: str) -> None:
    small_config.train.max_steps = 20  # passes the end of the first epoch
    small_config.optimizer.kind = kind
    straight = train(small_config)
    small_config.run_dir = str(tmp_path / "resumed")
    train(small_config, stop_after=5)
    resumed = train(small_config, resume=True)
    assert resumed.epoch > 0 and resumed.step == straight.step == 20
    for name, value in straight.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name


def test_a_run_learns_evaluates_and_writes_its_manifest_last(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", groups=60, seed=1)
    write_examples(tmp_path / "val.jsonl", groups=8, seed=2)
    config = make_config(tmp_path, max_steps=60, evaluate_every_steps=20, checkpoint_every_steps=20)
    config.optimizer.learning_rate = 1e-2
    config.model.initializer_range = 0.05
    train(config)
    events = events_of(config)
    losses = [event["loss"] for event in events if event["event"] == "step"]
    evaluations = [event for event in events if event["event"] == "eval"]
    assert losses[0] == pytest.approx(6.0, abs=0.6)  # the logarithm of the vocabulary's size: it knows nothing
    assert evaluations[-1]["validation_loss"] < 0.5 * losses[0]
    assert [event["step"] for event in evaluations] == [20, 40, 60]
    assert [event["event"] for event in events][-2:] == ["artifact", "run_finished"]
    manifest = json.loads((Path(config.run_dir) / "manifest.json").read_text())
    assert manifest["last_checkpoint"]["step"] == 60
    assert set(manifest["data_sha256"]) == {config.data.train[0], config.data.validation}


def test_checkpoints_keep_the_newest_and_the_best(small_config: Config) -> None:
    small_config.train.checkpoint_every_steps = 1
    small_config.train.keep_checkpoints = 2
    trainer = Trainer(small_config, resume=False)
    for step, loss in ((1, 0.5), (2, 0.1), (3, 0.4), (4, 0.3), (5, 0.2)):
        trainer.step, trainer.validation = step, {"validation_loss": loss}
        trainer.save()
    assert [path.name for path in list_checkpoints(trainer.checkpoints)] == ["step-000002", "step-000004", "step-000005"]
    assert best_checkpoint(trainer.checkpoints).name == "step-000002"


def test_changed_training_files_restart_the_data_with_a_warning(small_config: Config, tmp_path: Path) -> None:
    small_config.train.max_steps = 12
    train(small_config, stop_after=3)
    write_examples(tmp_path / "other.jsonl", groups=30, seed=7)
    small_config.data.train = [str(tmp_path / "other.jsonl")]
    resumed = Trainer(small_config, resume=True)
    assert (resumed.step, resumed.epoch, resumed.batch) == (3, 0, 0)
    assert any(event["event"] == "warning" for event in events_of(small_config))


def test_a_run_in_place_is_not_overwritten_and_nothing_is_not_resumed(small_config: Config) -> None:
    with pytest.raises(ConfigError, match="no checkpoint to resume"):
        Trainer(small_config, resume=True)
    train(small_config, stop_after=1)
    with pytest.raises(ConfigError, match="holds a run already"):
        Trainer(small_config, resume=False)


def test_the_clock_ends_a_run_with_a_decayed_rate(small_config: Config) -> None:
    small_config.train.max_steps = None
    small_config.train.max_minutes = 0.03
    started = time.monotonic()
    trainer = train(small_config)
    assert time.monotonic() - started < 60
    rates = [event["learning_rate"] for event in events_of(small_config) if event["event"] == "step"]
    assert trainer.elapsed >= 1.8
    assert rates[-1] < 0.3 * max(rates)


def test_the_rate_warms_up_and_decays(small_config: Config) -> None:
    optimizer = small_config.optimizer
    peak = optimizer.learning_rate
    assert rate_at(optimizer.warmup_ratio / 2, optimizer) == pytest.approx(peak / 2)
    assert rate_at(optimizer.warmup_ratio, optimizer) == pytest.approx(peak)
    assert rate_at(1.0, optimizer) == pytest.approx(peak * optimizer.final_learning_rate_ratio)


def test_sigterm_saves_and_ends_well(small_config: Config, tmp_path: Path) -> None:
    small_config.train.max_steps = 1_000_000
    save_config(small_config, tmp_path / "config.yaml")
    command = [sys.executable, "-m", "training.train", "--config", str(tmp_path / "config.yaml")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    for line in process.stdout:
        if json.loads(line)["event"] == "step":
            break
    process.send_signal(signal.SIGTERM)
    rest = [json.loads(line) for line in process.stdout]
    assert process.wait(timeout=60) == 0
    assert rest[-1]["event"] == "run_finished" and rest[-1]["outcome"] == "stopped"
    newest = list_checkpoints(Path(small_config.run_dir) / "checkpoints")[-1]
    assert read_state(newest)["step"] == rest[-1]["step"]
    assert not (Path(small_config.run_dir) / "manifest.json").exists()


def test_a_bad_line_ends_with_code_2_and_its_name(
    small_config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train.jsonl").write_text("{oops\n")
    save_config(small_config, tmp_path / "config.yaml")
    assert main(["--config", str(tmp_path / "config.yaml")]) == 2
    assert "train.jsonl:1: not JSON" in capsys.readouterr().err


def test_a_saved_config_reads_back_the_same(small_config: Config, tmp_path: Path) -> None:
    save_config(small_config, tmp_path / "config.yaml")
    assert load_config(tmp_path / "config.yaml") == small_config
