"""The event stream: whole lines by the app's schema, on a disk that may be full and to listeners that may be gone."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from training.config import Config
from training.disk import DiskFullError, is_disk_full
from training.events import CHARTS, KINDS, EventWriter
from training.tests.event_check import SCHEMA, validator_of
from training.tests.processes import ROOT, config_file, environment, of_kind, read_events
from training.train import Trainer

STEP: dict[str, Any] = {
    "step": 1, "epoch": 0.5, "loss": 2.0, "learning_rate": 1e-3, "gradient_norm": 1.0, "tokens_per_second": 100.0,
    "examples_seen": 4, "tokens_seen": 50, "elapsed_seconds": 1.0, "eta_seconds": None, "gpu_memory_bytes": None,
    "gpu_utilization": None, "mfu": None,
}  # fmt: skip


def read_charts(run_dir: str | Path) -> dict[str, dict[int, float]]:
    """Value by step of each TensorBoard chart, as TensorBoard shows it."""
    accumulator = EventAccumulator(str(Path(run_dir) / "tensorboard")).Reload()
    return {
        tag: {event.step: event.value for event in accumulator.Scalars(tag)} for tag in accumulator.Tags()["scalars"]
    }


def test_the_schema_knows_each_kind_and_each_charted_value() -> None:
    assert set(SCHEMA["$defs"]) == set(KINDS)
    for kind, charts in CHARTS.items():
        assert set(charts) <= set(SCHEMA["$defs"][kind]["properties"])


def test_the_check_of_events_rejects_what_the_app_would() -> None:
    event = {"event": "step", "time": "2026-01-01T00:00:00.000+00:00", **STEP}
    validator_of("step").validate(event)
    for wrong in ({"step": -1}, {"step": "1"}, {"time": "yesterday"}, {"more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            validator_of("step").validate(event | wrong)


def test_an_event_is_one_line_in_the_file_and_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = EventWriter(tmp_path)
    writer.write("step", **STEP | {"loss": math.nan, "gradient_norm": math.inf})
    writer.write("artifact", artifact="adapter", path=Path("runs/r\u00fcn/adapter"), bytes=3)
    writer.close()
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert capsys.readouterr().out.splitlines() == lines
    first, second = map(json.loads, lines)
    assert (first["loss"], first["gradient_norm"]) == (None, None)  # JSON has no NaN
    assert second["path"] == "runs/r\u00fcn/adapter"
    with pytest.raises(ValueError, match="unknown event progress"):
        writer.write("progress")


def test_a_resumed_file_goes_on_and_the_charts_show_each_step_once(tmp_path: Path) -> None:
    for first, losses in ((0, [5.0, 4.0, 3.0]), (2, [2.5, 2.0])):
        writer = EventWriter(tmp_path, first)
        for number, loss in enumerate(losses, start=first + 1):
            writer.write("step", **STEP | {"step": number, "loss": loss})
        writer.close()
    assert [event["loss"] for event in read_events(tmp_path)] == [5.0, 4.0, 3.0, 2.5, 2.0]
    assert read_charts(tmp_path)["train/loss"] == {1: 5.0, 2: 4.0, 3: 2.5, 4: 2.0}


@pytest.mark.parametrize("half", [b'{"event": "st', '{"a": "\u00e9'.encode()[:-1], b"\x00" * 10])
def test_half_a_line_is_cut_off(tmp_path: Path, half: bytes) -> None:
    EventWriter(tmp_path).write("step", **STEP)
    whole = (tmp_path / "events.jsonl").read_bytes()
    (tmp_path / "events.jsonl").write_bytes(whole + half)
    EventWriter(tmp_path).write("step", **STEP | {"step": 2})
    assert (tmp_path / "events.jsonl").read_bytes().startswith(whole)
    assert [event["step"] for event in read_events(tmp_path)] == [1, 2]


def test_a_file_of_half_a_line_alone_becomes_empty(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b'{"event"')
    EventWriter(tmp_path)
    assert (tmp_path / "events.jsonl").read_bytes() == b""


class FillingFile:
    """A file on a disk that takes some bytes more and then is full."""

    def __init__(self, inner: Any, room: int) -> None:
        self.inner, self.room = inner, room

    def write(self, data: bytes) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        taken = self.inner.write(data[: self.room])
        self.room -= taken
        return taken

    def fileno(self) -> int:
        return self.inner.fileno()


def test_a_disk_that_fills_in_the_middle_of_a_line_keeps_none_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = EventWriter(tmp_path)
    writer.write("step", **STEP)
    file = writer._file
    writer._file = FillingFile(file, room=40)  # type: ignore[assignment]
    with pytest.raises(DiskFullError, match="events.jsonl cannot be written: no space left"):
        writer.write("step", **STEP | {"step": 2})
    assert [event["step"] for event in read_events(tmp_path)] == [1]
    assert len(capsys.readouterr().out.splitlines()) == 2  # who listens hears it all the same
    writer._file = file
    writer.write("step", **STEP | {"step": 2})
    assert [event["step"] for event in read_events(tmp_path)] == [1, 2]


def test_charts_that_cannot_be_written_end_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = EventWriter(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    writer._charts.add_scalar = refuse
    writer.write("step", **STEP)
    writer.write("step", **STEP | {"step": 2})
    writer.close()
    assert len(read_events(tmp_path)) == 2
    assert capsys.readouterr().err.count("no more TensorBoard files") == 1


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(28, "No space left on device"), True),
        (OSError(122, "Disk quota exceeded"), True),
        (RuntimeError("I/O error: No space left on device (os error 28)"), True),
        (OSError(13, "Permission denied"), False),
        (RuntimeError("shapes do not match"), False),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: Exception, is_full: bool) -> None:
    assert is_disk_full(error) == is_full


def test_a_run_goes_on_when_nobody_listens_any_more(small_config: Config) -> None:
    """The app has gone: standard output and standard error are closed pipes."""
    small_config.train.max_steps, small_config.train.checkpoint_every_steps = 30, 10
    command = [sys.executable, "-m", "training.train", "--config", str(config_file(small_config))]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    assert json.loads(process.stdout.readline())["event"] == "run_started"
    process.stdout.close()
    process.stderr.close()
    assert process.wait(60) == 0
    events = read_events(small_config.run_dir)
    assert events[-1]["outcome"] == "finished" and len(of_kind(events, "step")) == 30


def test_the_charts_hold_the_events_values(small_config: Config) -> None:
    small_config.train.evaluate_every_steps = 3
    Trainer(small_config, False).run()
    events, charts = read_events(small_config.run_dir), read_charts(small_config.run_dir)
    steps, evaluations = of_kind(events, "step"), of_kind(events, "eval")
    for key, title in CHARTS["step"].items():
        values = {event["step"]: event[key] for event in steps if event[key] is not None}
        assert charts.get(title, {}) == pytest.approx(values, rel=1e-6), title
    for key, title in CHARTS["eval"].items():
        values = {event["step"]: event[key] for event in evaluations if event[key] is not None}
        assert charts.get(title, {}) == pytest.approx(values, rel=1e-6), title
    assert len(steps) == 6 and len(evaluations) == 2


def test_an_estimate_of_the_time_left_is_honest(small_config: Config) -> None:
    """Within a third of what it then took, from the middle of a run whose steps all take the same."""
    small_config.train.max_steps = 40
    trainer = Trainer(small_config, False)
    step = trainer.train_step

    def slow(*values: Any) -> Any:
        time.sleep(0.02)
        return step(*values)

    trainer.train_step = slow  # type: ignore[method-assign]
    trainer.run()
    steps = of_kind(read_events(small_config.run_dir), "step")
    assert [event["eta_seconds"] for event in steps[:4]] == [None] * 4
    end = steps[-1]["elapsed_seconds"]
    ratios = [event["eta_seconds"] / (end - event["elapsed_seconds"]) for event in steps[15:30]]
    assert statistics.median(ratios) == pytest.approx(1, abs=0.33)
    assert steps[-1]["eta_seconds"] == 0
