"""Whole runs of a tiny model in this process: what ends them, what they evaluate, and what they leave."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from training import train
from training.checkpoint import list_checkpoints
from training.config import Config, save_config
from training.doctor.plan import Work, count_steps
from training.packing import Batch
from training.tests.make_examples import write_chat_examples
from training.tests.processes import checkpoint_names, of_kind, read_events
from training.train import Trainer, main, rate_at

# Judges each prediction by whether it is the gold SQL, letter by letter; there is no database here to execute it on.
JUDGE = """
import json, sys
lines = [json.loads(line) for line in open(sys.argv[-1], encoding="utf-8")]
assert all(line["id"] and line["dbId"] for line in lines)
right = sum(line["predictedSql"] == line["goldSql"] for line in lines)
print(json.dumps({"executionAccuracy": {"all": right / len(lines)}, "n": len(lines)}))
"""


def file_of(config: Config) -> str:
    path = Path(f"{config.run_dir}.yaml")
    save_config(config, path)
    return str(path)


def test_the_clock_ends_a_run_with_a_decayed_rate(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.max_minutes = None, 0.03
    trainer = Trainer(small_config, False)
    trainer.run()
    steps = of_kind(read_events(small_config.run_dir), "step")
    rates = [event["learning_rate"] for event in steps]
    assert 1.8 <= trainer.elapsed < 20
    assert rates[-1] < 0.3 * max(rates)
    assert all(0 <= event["eta_seconds"] <= 1.8 for event in steps)


def test_epochs_end_a_run_once_each_example_was_seen_so_often(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.epochs = None, 2.0
    trainer = Trainer(small_config, False)
    trainer.run()
    assert trainer.examples_seen == 2 * len(trainer.examples)
    assert of_kind(read_events(small_config.run_dir), "step")[-1]["epoch"] == 2.0


def test_few_examples_are_repeated_up_to_the_least_number_of_steps(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.epochs, small_config.train.min_steps = None, 0.1, 4
    small_config.data.pack_length = 4096
    trainer = Trainer(small_config, False)
    assert len(trainer.first_epoch) < 4
    work = Work(examples=40, alone=9, processed=9, packs=len(trainer.first_epoch), rows=9, pack_length=4096,
                learnt=9, attended=1.0, scores=9)  # fmt: skip
    assert count_steps(work, small_config)[1] == 4
    trainer.run()
    assert trainer.step == 4
    small_config.train.epochs = 20.0
    assert trainer._find_max_steps() == 20 * len(trainer.first_epoch) > 4


def test_the_nearer_of_two_limits_ends_a_run(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.epochs = 3, 5.0
    trainer = Trainer(small_config, False)
    trainer.run()
    assert trainer.step == 3


def test_the_rate_warms_up_and_decays(small_config: Config) -> None:
    optimizer = small_config.optimizer
    peak = optimizer.learning_rate
    assert rate_at(optimizer.warmup_ratio / 2, optimizer) == pytest.approx(peak / 2)
    assert rate_at(optimizer.warmup_ratio, optimizer) == pytest.approx(peak)
    assert rate_at((1 + optimizer.warmup_ratio) / 2, optimizer) == pytest.approx(peak * (1 + 0.02) / 2)
    assert rate_at(1.0, optimizer) == pytest.approx(peak * optimizer.final_learning_rate_ratio)


def test_checkpoints_come_by_the_clock_too(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.checkpoint_every_minutes = 40, 0.005
    trainer = Trainer(small_config, False)
    step = trainer.train_step
    trainer.train_step = lambda *values: (time.sleep(0.02), step(*values))[1]  # type: ignore[method-assign]
    started = time.monotonic()
    trainer.run()
    most = (time.monotonic() - started) / 0.3 + 1
    saved = of_kind(read_events(small_config.run_dir), "checkpoint")
    assert 2 <= len(saved) <= most and saved[-1]["step"] == 40


def poison(trainer: Trainer, at_step: int, value: float, gradient_only: bool = False) -> None:
    """From a step on, the loss or its gradients alone are no numbers."""
    forward = trainer.model.forward

    def bad(batch: Batch, mask: object) -> torch.Tensor:
        hidden = forward(batch, mask)  # type: ignore[arg-type]
        if trainer.step + 1 < at_step or not trainer.model.training:
            return hidden
        if gradient_only:
            hidden.register_hook(lambda gradient: gradient * value)
            return hidden
        return hidden * value

    trainer.model.forward = bad  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("gradient_only", [False, True])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run_before_the_weights_take_it(
    small_config: Config,
    value: float,
    gradient_only: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small_config.train.checkpoint_every_steps = 1
    load = Trainer._load

    def load_poisoned(trainer: Trainer, found: list[Path]) -> None:
        load(trainer, found)
        poison(trainer, 4, value, gradient_only)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_load", load_poisoned)
        assert main(["--config", file_of(small_config)]) == 1
    said = capsys.readouterr().err
    assert "at step 4 the loss is" in said and "lower optimizer.learning_rate" in said and "Traceback" not in said
    failure = read_events(small_config.run_dir)[-1]
    assert (failure["event"], failure["code"], failure["step"]) == ("run_failed", "TRAINER_FAILED", 3)
    assert checkpoint_names(small_config)[-1] == "step-000003"
    resumed = Trainer(small_config, True)
    assert all(torch.isfinite(tensor).all() for tensor in resumed.model.state_dict().values())
    resumed.run()
    assert resumed.step == 6


def test_a_run_that_gets_no_better_stops_early(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.evaluate_every_steps = 200, 5
    small_config.train.early_stopping_evaluations = 3
    small_config.optimizer.learning_rate = 0.5  # far too high: it gets worse
    trainer = Trainer(small_config, False)
    assert trainer.run() == "stopped_early"
    events = read_events(small_config.run_dir)
    losses = [event["validation_loss"] for event in of_kind(events, "eval")]
    assert len(losses) < 40 and min(losses) < min(losses[-3:])
    best = f"step-{5 * (losses.index(min(losses)) + 1):06d}"
    assert events[-1]["outcome"] == "stopped_early"
    assert Path(events[-1]["best_checkpoint"]).name == best and best in checkpoint_names(small_config)
    manifest = json.loads((Path(small_config.run_dir) / "manifest.json").read_text())
    assert manifest["best_checkpoint"]["validation_loss"] == pytest.approx(min(losses), rel=1e-6)
    assert Trainer(small_config, True).run() == "stopped_early"  # resumed, it knows


def with_judge(config: Config, tmp_path: Path, code: str) -> Config:
    (tmp_path / "judge.py").write_text(code)
    config.train.evaluate_every_steps, config.train.keep_checkpoints = 2, 1
    config.evaluate.predict_examples, config.evaluate.max_new_tokens = 6, 24
    config.evaluate.command = [sys.executable, str(tmp_path / "judge.py")]
    return config


def test_the_best_is_chosen_by_execution_accuracy(lora_config: Config, tmp_path: Path) -> None:
    """The command judges the real predictions; what it says decides, against the loss."""
    config = with_judge(lora_config, tmp_path, JUDGE)
    config.train.max_steps = config.train.evaluate_every_steps = 60
    write_chat_examples(tmp_path / "val.jsonl", groups=2, seed=1)  # among the training examples: it can know them
    trainer = Trainer(config, False)
    trainer.run()
    events = read_events(config.run_dir)
    evaluation = of_kind(events, "eval")[-1]
    predictions = [
        json.loads(line)
        for line in (Path(config.run_dir) / "predictions" / "step-000060.jsonl").read_text().splitlines()
    ]
    right = [line["predictedSql"] == line["goldSql"] for line in predictions]
    assert evaluation["executed"] == len(predictions) > 2
    assert evaluation["execution_accuracy"] == pytest.approx(sum(right) / len(right))
    assert all(line["goldSql"].startswith("SELECT ") and "</s>" not in line["goldSql"] for line in predictions)


def test_accuracy_beats_a_better_loss(small_config: Config, tmp_path: Path) -> None:
    """The third evaluation has the lowest loss, the first the highest accuracy."""
    code = """
import json, sys
accuracy = {"step-000002": 0.75, "step-000004": 0.5, "step-000006": 0.25}[sys.argv[-1][-17:-6]]
print(json.dumps({"executionAccuracy": accuracy, "n": 4}))
"""
    config = with_judge(small_config, tmp_path, code)
    config.evaluate.max_new_tokens = 4
    config.optimizer.learning_rate = 1e-2
    Trainer(config, False).run()
    events = read_events(config.run_dir)
    losses = [event["validation_loss"] for event in of_kind(events, "eval")]
    assert losses[2] < losses[0]
    assert [event["is_best"] for event in of_kind(events, "checkpoint")] == [True, False]
    assert checkpoint_names(config) == ["step-000002", "step-000006"]
    assert Path(events[-1]["best_checkpoint"]).name == "step-000002"


FAILING = {
    "an exit code": 'import sys; print(\'{"executionAccuracy": 1, "n": 6}\'); sys.exit(3)',
    "no JSON": "print('all fine')",
    "no accuracy": "print('{\"n\": 6}')",
    "an accuracy of another kind": 'print(\'{"executionAccuracy": "high", "n": 6}\')',
    "an accuracy that is no share": 'print(\'{"executionAccuracy": 97.5, "n": 6}\')',
    "no end": "import time; time.sleep(60)",
    "bytes": "import sys; sys.stdout.buffer.write(b'\\xff\\xfe')",
}


@pytest.mark.parametrize("failing", [*FAILING, "no program"])
def test_a_command_that_fails_leaves_the_loss_and_a_warning(small_config: Config, tmp_path: Path, failing: str) -> None:
    config = with_judge(small_config, tmp_path, FAILING.get(failing, ""))
    config.train.max_steps, config.evaluate.max_new_tokens, config.evaluate.predict_examples = 2, 4, 2
    config.evaluate.command_timeout_minutes = 1 / 60
    if failing == "no program":
        config.evaluate.command = [str(tmp_path / "none")]
    assert Trainer(config, False).run() == "finished"
    events = read_events(config.run_dir)
    evaluation = of_kind(events, "eval")[-1]
    assert (evaluation["execution_accuracy"], evaluation["executed"]) == (None, None)
    assert math.isfinite(evaluation["validation_loss"])
    assert [event["message"] for event in of_kind(events, "warning")] == [
        "evaluate.command failed: this evaluation counts by its loss alone."
    ]
    assert of_kind(events, "checkpoint")[-1]["is_best"]


def test_a_command_at_its_limit_takes_all_that_it_started_with_it(small_config: Config, tmp_path: Path) -> None:
    config = with_judge(small_config, tmp_path, "")
    config.train.max_steps, config.evaluate.max_new_tokens, config.evaluate.predict_examples = 2, 4, 2
    config.evaluate.command_timeout_minutes = 0.5 / 60
    # A shell that starts another process, as npm does.
    config.evaluate.command = ["sh", "-c", f"(sleep 2; touch {tmp_path}/survived) & wait", "sh"]
    Trainer(config, False).run()
    time.sleep(2)
    assert not (tmp_path / "survived").exists()


def test_predictions_leave_no_trace_in_the_training(small_config: Config, tmp_path: Path) -> None:
    straight = Trainer(small_config, False)
    straight.run()
    small_config.run_dir = str(tmp_path / "predicting")
    small_config.train.evaluate_every_steps = 2
    small_config.evaluate.predict_examples, small_config.evaluate.max_new_tokens = 4, 4
    predicting = Trainer(small_config, False)
    predicting.run()
    for name, value in straight.model.state_dict().items():
        assert torch.equal(value, predicting.model.state_dict()[name]), name


def test_an_unexpected_error_is_an_event_and_shows_where(
    small_config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(train, "completion_losses", fail)
    assert main(["--config", file_of(small_config)]) == 1
    failure = read_events(small_config.run_dir)[-1]
    assert (failure["code"], failure["message"]) == ("TRAINER_FAILED", "RuntimeError: shapes do not match")
    assert "Traceback" in capsys.readouterr().err


def test_a_bad_line_ends_with_code_2_its_name_and_an_event(
    small_config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train.jsonl").write_text("{oops\n")
    assert main(["--config", file_of(small_config)]) == 2
    assert "train.jsonl:1: not JSON" in capsys.readouterr().err
    failure = read_events(small_config.run_dir)[-1]
    assert (failure["event"], failure["code"]) == ("run_failed", "DATASET_CORRUPT")


def test_a_run_without_validation_data_trains_to_the_end(small_config: Config) -> None:
    small_config.data.validation, small_config.train.evaluate_every_steps = None, 2
    assert Trainer(small_config, False).run() == "finished"
    events = read_events(small_config.run_dir)
    assert not of_kind(events, "eval")
    assert (
        Path(events[-1]["best_checkpoint"]).name
        == list_checkpoints(Path(small_config.run_dir) / "checkpoints")[-1].name
    )
